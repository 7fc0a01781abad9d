import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { Place } from './export-violations.ts'

interface Row {
  readonly id: string
  readonly day: string
  readonly json: unknown
  readonly contents: readonly Buffer[] | null
}

const utcDay = `to_char(coalesce(a.updated_at, a.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')`
const utcTime = (name: string) => `to_char(a.${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const row = (alias: string, ...names: readonly string[]) =>
  `CASE WHEN ${alias}.id IS NULL THEN NULL ELSE json_build_object(${names.map((name) => `'${name}', ${alias}.${name}`).join(', ')}) END`

/** The raw JSON as SQL makes it, which has nothing to do with how the exporter does. */
const statement = `
  SELECT a.id, ${utcDay} AS day, json_build_object(
    '_metadata', json_build_object('entity_type', 'application', 'entity_id', a.id, 'source', 'seeg-api',
      'version', '1.0', 'ingestion_timestamp', coalesce(${utcTime('updated_at')}, ${utcTime('created_at')})),
    'id', a.id, 'candidate_id', a.candidate_id, 'job_offer_id', a.job_offer_id, 'status', a.status,
    'mtp_answers', a.mtp_answers, 'has_been_manager', a.has_been_manager, 'ref_entreprise', a.ref_entreprise,
    'ref_fullname', a.ref_fullname, 'ref_mail', a.ref_mail, 'ref_contact', a.ref_contact,
    'created_at', ${utcTime('created_at')}, 'updated_at', ${utcTime('updated_at')},
    'candidate', ${row('u', 'id', 'email', 'first_name', 'last_name', 'phone', 'address', 'matricule', 'post', 'experience')},
    'candidate_profile', ${row('p', 'skills', 'expected_salary', 'linkedin', 'portfolio', 'education')},
    'job_offer', ${row('o', 'id', 'title', 'description', 'location', 'mtp_questions')}) AS json,
    (SELECT array_agg(d.content) FROM application_documents d WHERE d.application_id = a.id) AS contents
  FROM application a
  LEFT JOIN "user" u ON u.id = a.candidate_id
  LEFT JOIN candidate_profile p ON p.user_id = u.id
  LEFT JOIN job_offer o ON o.id = a.job_offer_id`

/** What ought to be exported of these applications as they are now. */
export async function sourceApplications(database: Pool, ids: ReadonlySet<string>) {
  const { rows } = await database.query<Row>(statement)
  const json = new Map<Place, string>()
  const documents = new Map<Place, string>()
  for (const { id, day, json: value, contents } of rows.filter((one) => ids.has(one.id))) {
    json.set(`${day}/${id}`, canonicalJson(value))
    const hashes = (contents ?? []).filter(isPdf).map(sha256)
    if (hashes.length > 0) documents.set(`${day}/${id}`, sortedText(hashes))
  }
  return { json, documents }
}

const isPdf = (content: Buffer) => content.subarray(0, 5).toString('latin1') === '%PDF-'

/** In lower-case hex. */
export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

export const sortedText = (texts: readonly string[]) => texts.toSorted().join(' ')

/** Equal for values that are equal, in whatever order their members stand. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
