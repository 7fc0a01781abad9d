import type { SqlTarget } from '../targets.ts'
import { type ApplicationRow, type ApplicationSampleSize, applicationRows } from './generate.ts'

const rowsAtOnce = 500

/** What others refer to first: some rows of a batch may begin in the middle of an application. */
const tablesInOrder = [
  'job_offer',
  'user',
  'candidate_profile',
  'application',
  'application_documents'
] as const

/** Fills the tables with a deterministic sample and says how many rows each got; a repeat changes nothing. */
export async function fillApplications(
  size: ApplicationSampleSize,
  pg: SqlTarget
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  let rows: ApplicationRow[] = []
  const flush = async () => {
    const byTable = Map.groupBy(rows, (row) => row.table)
    for (const table of tablesInOrder)
      counts[table] = (counts[table] ?? 0) + (await insertRows(pg, table, byTable.get(table) ?? []))
    rows = []
  }
  for (const row of applicationRows(size)) {
    rows.push(row)
    if (rows.length >= rowsAtOnce) await flush()
  }
  await flush()
  return counts
}

/** One statement for all rows of a table; returns how many were new. */
async function insertRows(
  pg: SqlTarget,
  table: ApplicationRow['table'],
  rows: readonly ApplicationRow[]
): Promise<number> {
  if (rows.length === 0) return 0
  const columns = Object.keys(rows[0]?.values ?? {})
  const values = rows.flatMap((row) => columns.map((column) => valueOf(column, row.values[column])))
  const tuples = rows.map(
    (_, row) => `(${columns.map((_, n) => `$${row * columns.length + n + 1}`).join(', ')})`
  )
  const result = await pg.query(
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES ${tuples.join(', ')} ON CONFLICT DO NOTHING`,
    values
  )
  return result.rowCount ?? 0
}

const jsonColumns = new Set(['skills', 'expected_salary', 'education', 'mtp_answers', 'mtp_questions'])

/** The driver would make a PostgreSQL array of a list. */
const valueOf = (column: string, value: unknown): unknown =>
  jsonColumns.has(column) && value !== null ? JSON.stringify(value) : value
