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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Takes the body apart; fields it does not know are passed over, as they always were. Values are never repeated. */
export function submissionOf(body: unknown): Submission | readonly BodyProblem[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [notAnObject]
  const { application_id: id, last_watermark: text } = body as Record<string, unknown>
  const watermark = text === undefined || text === null ? null : instantOf(text)
  const problems = [...idProblems(id), ...(watermark === undefined ? [badWatermark] : [])]
  if (problems.length > 0 || typeof id !== 'string' || watermark === undefined) return problems
  return { applicationId: id.toLowerCase(), watermark }
}

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

const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Microseconds of an ISO time, UTC where it names no zone; undefined when it is none. */
function instantOf(text: unknown): Micros | undefined {
  const parts = typeof text === 'string' ? iso.exec(text) : null
  if (!parts) return undefined
  const [, day, time = '00:00', fraction = '', zone = 'Z'] = parts
  const ms = Date.parse(`${day}T${time}${zone.length === 3 ? `${zone}:00` : zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}
