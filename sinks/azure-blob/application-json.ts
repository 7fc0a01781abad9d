import { type Content, bytesContent } from '../../runtime/object-store/content.ts'
import type { Micros } from '../../schemas/change.ts'
import type {
  ApplicationRead,
  ClaimedApplication,
  CuratedApplication
} from '../../schemas/types/applications.ts'

/** The JSON of the raw container, in the form that its readers have always had. */
export function rawJson(record: ClaimedApplication): Content {
  const { application, candidate, candidate_profile: profile, job_offer: offer } = record
  return jsonContent({
    _metadata: metadataOf(record),
    ...withTimes({ ...application, mtp_answers: embedded(application.mtp_answers) }),
    candidate,
    candidate_profile: profile && {
      ...profile,
      skills: embedded(profile.skills),
      expected_salary: embedded(profile.expected_salary),
      education: embedded(profile.education)
    },
    job_offer: offer && { ...offer, mtp_questions: embedded(offer.mtp_questions) }
  })
}

/** The JSON of the curated container: like raw, but clean, with the documents and what could not be cleaned. */
export function curatedJson(record: CuratedApplication): Content {
  const { application, candidate, candidate_profile: profile, job_offer, documents, quality } = record
  return jsonContent({
    _metadata: metadataOf(record),
    ...withTimes(application),
    candidate,
    candidate_profile: profile && {
      ...profile,
      expected_salary: embedded(profile.expected_salary),
      education: embedded(profile.education)
    },
    job_offer,
    documents: documents.map(({ kind, filename, sha256, bytes, blob }) => ({
      kind,
      filename,
      sha256,
      bytes,
      blob
    })),
    _quality: quality
  })
}

interface Identified {
  readonly application: { readonly id: string }
  readonly source: ApplicationRead
}

/** `source` names the recruitment system, as it always has. */
const metadataOf = ({ application, source }: Identified) => ({
  entity_type: 'application',
  entity_id: application.id,
  ingestion_timestamp: isoTime(source.event_at_us),
  source: 'seeg-api',
  version: '1.0'
})

interface Times {
  readonly created_at: Micros | null
  readonly updated_at: Micros | null
}

const withTimes = <T extends Times>(record: T) => ({
  ...record,
  created_at: record.created_at === null ? null : isoTime(record.created_at),
  updated_at: record.updated_at === null ? null : isoTime(record.updated_at)
})

/** ISO 8601 with milliseconds and Z; what is finer is cut off. */
const isoTime = (micros: Micros) => new Date(Math.floor(micros / 1000)).toISOString()

const jsonContent = (value: unknown) => bytesContent(`${JSON.stringify(value, null, 2)}\n`)

/** The parts of JSON that TypeScript does not know yet (TC39, "JSON.parse source text access"). */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown
  ): unknown
  rawJSON(text: string): unknown
}

const exactJson = JSON as unknown as ExactJson

/** The value of JSON text, numbers digit by digit as they are written; a text that is no JSON stays a text. */
function embedded(text: string | null): unknown {
  if (text === null) return null
  try {
    return exactJson.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? exactJson.rawJSON(source) : value
    )
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
