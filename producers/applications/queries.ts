import { type PartName, parts, type Travel } from './parts.ts'
import type { SourceColumn, SourceTable, SourceTables } from './source-tables.ts'

/** The statements that read job applications from tables as they are. */
export interface Queries {
  /** $1: ids. A row for each that exists: its record as JSON, when it was read, and the snapshot it was read in. */
  readonly records: string
  /** $1: since when, $2: the last id of the page before or null, $3: how many. Ids of what changed. */
  readonly changed: string
  /** $1: id of a document. Its content. */
  readonly content: string
  /** $1: ids. What may fail of a record for its value, each by itself: they tell which columns make it unreadable. */
  readonly probes: readonly Probe[]
}

/** A column, as `<table of the mapping>.<column of ours>`, and the statement that reads nothing else. */
interface Probe {
  readonly place: string
  readonly text: string
}

/** Makes the statements. One reads the whole of a record, so that all of it comes from one snapshot. */
export function queriesFor(tables: SourceTables): Queries {
  return {
    records: recordsQuery(tables),
    changed: changedQuery(tables),
    content: contentQuery(tables),
    probes: probesOf(tables)
  }
}

function recordsQuery(tables: SourceTables): string {
  const whole = (part: SinglePart) => one(part, tables, objectOf(part, tables[part], 'c'))
  return `
    SELECT json_build_object(
        'application', ${objectOf('application', tables.application)},
        'candidate', ${whole('candidate')},
        'candidate_profile', ${whole('candidate_profile')},
        'job_offer', ${whole('job_offer')},
        'documents', ${documentsOf(tables)}
      )::text,
      statement_timestamp()::text,
      pg_snapshot_xmax(pg_current_snapshot())::text,
      (SELECT count(*) FROM pg_snapshot_xip(pg_current_snapshot()))::text
    ${ofApplications(tables)}`
}

/** The parts of which an application has one row at most. */
type SinglePart = Exclude<PartName, 'application' | 'document'>

function ofApplications({ application }: SourceTables): string {
  return `FROM ${application.name} a
    WHERE ${at(application, 'id', 'a')} = ANY($1::${columnOf(application, 'id').type}[])`
}

/**
 * What is asked of the one row that belongs to the application, or null; of several, the same one each time. They are
 * ordered by their text, which every row has, whatever a column holds that nobody asked for.
 */
function one(part: SinglePart, tables: SourceTables, asked: string): string {
  const { application } = tables
  const table = tables[part]
  const is = {
    candidate: () => `${at(table, 'id', 'c')} = ${at(application, 'candidate_id', 'a')}`,
    candidate_profile: () => `${at(table, 'candidate_id', 'c')} = ${at(application, 'candidate_id', 'a')}`,
    job_offer: () => `${at(table, 'id', 'c')} = ${at(application, 'job_offer_id', 'a')}`
  }
  return `(SELECT ${asked} FROM ${table.name} c WHERE ${is[part]()}
          ORDER BY c::text COLLATE "C" DESC LIMIT 1)`
}

function probesOf(tables: SourceTables): Probe[] {
  const { application, document } = tables
  const ofDocuments = (asked: string) =>
    `(SELECT count(${asked}) FROM ${document.name} d
      WHERE ${at(document, 'application_id', 'd')} = ${at(application, 'id', 'a')})`
  const read = (part: PartName, name: string, travel: Travel) => {
    const column = tables[part].columns[name] ?? null
    if (part === 'application') return expression(column, travel, 'a')
    if (part === 'document') return ofDocuments(expression(column, travel, 'd'))
    return one(part, tables, expression(column, travel, 'c'))
  }
  const columns = (Object.keys(parts) as PartName[]).flatMap((part) =>
    travellingColumns(part).map(([name, travel]) => ({
      place: `${tables[part].name}.${tables[part].columns[name]?.name ?? name}`,
      text: `SELECT ${read(part, name, travel)} ${ofApplications(tables)}`
    }))
  )
  const content = at(document, 'content', 'd')
  return [
    ...columns,
    {
      place: content.replace('d.', `${document.name}.`),
      text: `SELECT ${ofDocuments(`sha256(${content})`)} ${ofApplications(tables)}`
    }
  ]
}

function documentsOf({ application, document }: SourceTables): string {
  const content = at(document, 'content', 'd')
  const fields = [
    ...fieldsOf('document', document, 'd'),
    `'sha256', encode(sha256(${content}), 'hex')`,
    `'bytes', octet_length(${content})`
  ]
  return `coalesce((SELECT json_agg(json_build_object(${fields.join(', ')})
            ORDER BY ${at(document, 'id', 'd')}::text COLLATE "C") FROM ${document.name} d
          WHERE ${at(document, 'application_id', 'd')} = ${at(application, 'id', 'a')}), '[]')`
}

const objectOf = (part: PartName, table: SourceTable, alias = 'a') =>
  `json_build_object(${fieldsOf(part, table, alias).join(', ')})`

function fieldsOf(part: PartName, table: SourceTable, alias: string): string[] {
  return travellingColumns(part).map(
    ([name, travel]) => `'${name}', ${expression(table.columns[name] ?? null, travel, alias)}`
  )
}

function travellingColumns(part: PartName): readonly (readonly [string, Travel])[] {
  const columns: readonly (readonly [string, Travel])[] = Object.entries(parts[part])
  return columns.filter(([, travel]) => travel !== 'inside')
}

function expression(column: SourceColumn | null, travel: Travel, alias: string): string {
  if (!column) return 'NULL'
  const value = `${alias}.${column.name}`
  if (travel === 'json') return `to_jsonb(${value})::text`
  if (travel === 'boolean') return `${value}::boolean`
  // In the session's time zone, which is UTC.
  if (travel === 'micros') return `${value}::timestamptz::text`
  return `${value}::text`
}

function changedQuery(tables: SourceTables): string {
  const { application } = tables
  const id = at(application, 'id', 'a')
  const { type } = columnOf(application, 'id')
  const candidateId = at(application, 'candidate_id', 'a')
  const related = [
    hasChanged(tables.candidate, `${at(tables.candidate, 'id', 'c')} = ${candidateId}`),
    hasChanged(
      tables.candidate_profile,
      `${at(tables.candidate_profile, 'candidate_id', 'c')} = ${candidateId}`
    ),
    hasChanged(
      tables.job_offer,
      `${at(tables.job_offer, 'id', 'c')} = ${at(application, 'job_offer_id', 'a')}`
    ),
    hasChanged(tables.document, `${at(tables.document, 'application_id', 'c')} = ${id}`)
  ]
  const own = (['created_at', 'updated_at'] as const).map((name) => isSince(application, name, 'a'))
  const conditions = [...own, ...related].filter((condition) => condition !== null)
  return `
    SELECT ${id}::text FROM ${application.name} a
    WHERE ($2::${type} IS NULL OR ${id} > $2::${type}) AND (${conditions.join(' OR ') || 'true'})
    ORDER BY ${id} LIMIT $3`
}

function hasChanged(table: SourceTable, is: string): string | null {
  const since = isSince(table, 'updated_at', 'c')
  return since && `EXISTS (SELECT FROM ${table.name} c WHERE ${is} AND ${since})`
}

const isSince = (table: SourceTable, column: string, alias: string) =>
  table.columns[column] ? `${at(table, column, alias)} >= $1::timestamptz` : null

const contentQuery = ({ document }: SourceTables) => `
    SELECT ${at(document, 'content', 'd')} FROM ${document.name} d
    WHERE ${at(document, 'id', 'd')} = $1::${columnOf(document, 'id').type}`

const at = (table: SourceTable, column: string, alias: string) => `${alias}.${columnOf(table, column).name}`

function columnOf(table: SourceTable, column: string): SourceColumn {
  const found = table.columns[column]
  // The mapping refuses null for the columns that are asked for here.
  if (!found) throw new Error(`${table.name} has no column for ${column}`)
  return found
}
