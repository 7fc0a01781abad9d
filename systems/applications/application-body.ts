import type { Micros } from '../../schemas/change.ts'

/** What the recruitment back end says of an application. */
export interface Submission {
  /** In lower case. */
  readonly applicationId: string
  /** What the caller has seen already, or null. */
  readonly watermark: Micros | null
}

/** A field that is not as it should be, as FastAPI says it: callers read this form. */
export interface BodyProblem {
  readonly loc: readonly ['body', ...string[]]
  readonly msg: string
  readonly type: string
}

const hyphenated = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** As pydantic takes a UUID: with hyphens, in braces or as a URN, too, or as 32 digits. */
const uuid = new RegExp(`^(?:${hyphenated}|\\{${hyphenated}\\}|urn:uuid:${hyphenated}|[0-9a-f]{32})$`, 'i')

/** Takes the body apart; fields it does not know are passed over, as they always were. Values are never repeated. */
export function submissionOf(body: unknown): Submission | readonly BodyProblem[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [notAnObject]
  const { application_id: id, last_watermark: text } = body as Record<string, unknown>
  const watermark = text === undefined || text === null ? null : instantOf(text)
  const problems = [...idProblems(id), ...(watermark === undefined ? [badWatermark] : [])]
  if (problems.length > 0 || typeof id !== 'string' || watermark === undefined) return problems
  return { applicationId: canonical(id), watermark }
}

const canonical = (id: string) =>
  id
    .toLowerCase()
    .replace('urn:uuid:', '')
    .replaceAll(/[^0-9a-f]/g, '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

function idProblems(id: unknown): BodyProblem[] {
  if (id === undefined) return [problem('application_id', 'Field required', 'missing')]
  if (typeof id === 'string' && uuid.test(id)) return []
  return [problem('application_id', 'Input should be a valid UUID', 'uuid_parsing')]
}

const problem = (field: string, msg: string, type: string): BodyProblem => ({
  loc: ['body', field],
  msg,
  type
})

const notAnObject: BodyProblem = {
  loc: ['body'],
  msg: 'Input should be a valid dictionary or object to extract fields from',
  type: 'model_attributes_type'
}

const badWatermark = problem(
  'last_watermark',
  'Input should be a valid datetime in ISO 8601',
  'datetime_from_date_parsing'
)

/** A body that cannot be parsed. */
export const notJson: BodyProblem = { loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }

const iso =
  /^(\d{4}-\d\d-\d\d)(?:[Tt _](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** As pydantic has it: a larger number is of milliseconds. */
const mostSeconds = 2e10
/** The year 10000, which no date of pydantic's has. */
const endOfTimeMs = 253_402_300_800_000

/** Microseconds of an ISO time, UTC where it names no zone, or of a Unix time; undefined when it is neither. */
function instantOf(given: unknown): Micros | undefined {
  if (typeof given === 'number') return unixTime(given)
  if (typeof given !== 'string') return undefined
  if (/^-?\d+(\.\d+)?$/.test(given)) return unixTime(Number(given))
  return isoTime(given)
}

function unixTime(given: number): Micros | undefined {
  const ms = Math.abs(given) > mostSeconds ? given : given * 1000
  return Math.abs(ms) < endOfTimeMs ? Math.round(ms * 1000) : undefined
}

function isoTime(text: string): Micros | undefined {
  const [, day = '', time = '00:00', fraction = '', zone = 'Z'] = iso.exec(text) ?? []
  if (!isDay(day) || time.startsWith('24')) return undefined
  const ms = Date.parse(`${day}T${time}${zone.length === 3 ? `${zone}:00` : zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}

/** Whether the calendar has the day: `Date` makes 2 March of 30 February, and what changed on the 1st would be passed over. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
