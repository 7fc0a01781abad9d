import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { Dialect, RunValues } from '../dialect.ts'
import type { OdsTable } from '../ods-table.ts'
import { runParameters } from '../run-parameters.ts'
import type { Statement } from '../statement.ts'
import { quoted } from './types.ts'

/** How staging becomes the ODS in PostgreSQL; each statement counts what it did. */
export const postgresMerge = {
  lock: (table) => ({
    text: `SELECT pg_advisory_xact_lock(hashtextextended('courant.ods.' || @table, 0))`,
    values: { table }
  }),

  truncateStage: (table) => ({ text: `TRUNCATE stg.${quoted(table)}` }),

  deduplicate: (table) => [
    // Only what the merge joins by: statistics of 300 columns cost more than the merge itself.
    { text: `ANALYZE stg.${quoted(table)} (row_key, hashdiff)` },
    {
      text: `DELETE FROM stg.${quoted(table)} WHERE ctid IN (
  SELECT ctid FROM (
    SELECT ctid, row_number() OVER (PARTITION BY row_key ORDER BY source_offset DESC) AS nth FROM stg.${quoted(table)}
  ) AS numbered WHERE nth > 1)`
    }
  ],

  upsert: (table, run) =>
    table.keepHistory ? [close(table, run), insert(table, run)] : [update(table, run), insert(table, run)],

  countMissing: ({ name }, { replacesBelow }) => ({
    text: `SELECT count(*) FILTER (WHERE t.row_version < @replacesBelow AND ${missingFrom(name)}) AS missing, count(*) AS live
FROM ods.${quoted(name)} AS t WHERE t.is_current = 1 AND t.is_deleted = 0`,
    values: { replacesBelow }
  }),

  markDeleted: (table, run, isSnapshot) =>
    table.keepHistory ? [closeDeleted(table, run, isSnapshot)] : [flagDeleted(table, run, isSnapshot)]
} satisfies Partial<Dialect>

const missingFrom = (name: string) =>
  `NOT EXISTS (SELECT 1 FROM stg.${quoted(name)} AS s WHERE s.row_key = t.row_key AND NOT s.is_deleted)`

const saidDeletedBy = (name: string) =>
  `EXISTS (SELECT 1 FROM stg.${quoted(name)} AS s WHERE s.row_key = t.row_key AND s.is_deleted)`

/** A row of the ODS that this run found otherwise; an older run never replaces a newer one's. */
const isChanged = `t.row_version < @replacesBelow AND (t.hashdiff <> s.hashdiff OR t.is_deleted = 1)`

/** What the run gives every row it writes, beside the row's own columns. */
const runAssignments: Readonly<Record<string, string>> = {
  hashdiff_rule: 'CAST(@rule AS smallint)',
  row_version: 'CAST(@version AS bigint)',
  valid_from: 'CAST(@at AS timestamp)',
  run_id: '@runId',
  source_topic: '@topic',
  source_partition: 'CAST(@partition AS integer)',
  loaded_at: `now() AT TIME ZONE 'UTC'`
}

/** Where old versions end a row's time is theirs: what replaces it in place holds from then on, without a gap. */
const replacing = ({ hasVersions }: OdsTable): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(runAssignments).filter(([name]) => !hasVersions || name !== 'valid_from'))

const ownAssignments = (columns: readonly RunColumn[]): Readonly<Record<string, string>> => ({
  hashdiff: 's.hashdiff',
  source_offset: 's.source_offset',
  ...Object.fromEntries(columns.map((column) => [quoted(column.sqlName), staged(column)]))
})

const staged = ({ sqlName, type }: RunColumn) =>
  type === 'binary' ? `decode(s.${quoted(sqlName)}, 'hex')` : `s.${quoted(sqlName)}`

const setList = (assignments: Readonly<Record<string, string>>) =>
  Object.entries(assignments)
    .map(([name, value]) => `  ${name} = ${value}`)
    .join(',\n')

/** A statement that changes rows, as one that answers with how many. */
const counting = (what: 'inserted' | 'updated' | 'deleted', text: string, run: RunValues): Statement => ({
  text: `WITH done AS (\n${text}\nRETURNING 1)\nSELECT count(*) AS ${what} FROM done`,
  values: runParameters(run)
})

function update(table: OdsTable, run: RunValues): Statement {
  const { name, columns, lost = [] } = table
  const gone = Object.fromEntries(lost.map((column) => [quoted(column), 'NULL']))
  const set = setList({ ...replacing(table), is_deleted: '0', ...ownAssignments(columns), ...gone })
  const text = `UPDATE ods.${quoted(name)} AS t SET\n${set}\nFROM stg.${quoted(name)} AS s
WHERE s.row_key = t.row_key AND t.is_current = 1 AND NOT s.is_deleted AND ${isChanged}`
  return counting('updated', text, run)
}

function insert({ name, columns }: OdsTable, run: RunValues): Statement {
  const values = {
    row_key: 's.row_key',
    ...runAssignments,
    is_current: '1',
    is_deleted: '0',
    ...ownAssignments(columns)
  }
  const text = `INSERT INTO ods.${quoted(name)} (${Object.keys(values).join(', ')})
SELECT ${Object.values(values).join(', ')} FROM stg.${quoted(name)} AS s
WHERE NOT s.is_deleted
AND NOT EXISTS (SELECT 1 FROM ods.${quoted(name)} AS t WHERE t.row_key = s.row_key AND t.is_current = 1)`
  return counting('inserted', text, run)
}

/** Ends the current version of what changed; insert then begins the next at the same instant. */
function close({ name }: OdsTable, run: RunValues): Statement {
  const text = `UPDATE ods.${quoted(name)} AS t SET valid_to = CAST(@at AS timestamp), is_current = 0
FROM stg.${quoted(name)} AS s
WHERE s.row_key = t.row_key AND NOT s.is_deleted AND t.is_current = 1 AND ${isChanged}`
  return counting('updated', text, run)
}

const isGone = (name: string, isSnapshot: boolean) =>
  `t.is_current = 1 AND t.is_deleted = 0 AND t.row_version < @replacesBelow
AND ${isSnapshot ? missingFrom(name) : saidDeletedBy(name)}`

function flagDeleted(table: OdsTable, run: RunValues, isSnapshot: boolean): Statement {
  const { name } = table
  const text = `UPDATE ods.${quoted(name)} AS t SET\n${setList({ ...replacing(table), is_deleted: '1' })}
WHERE ${isGone(name, isSnapshot)}`
  return counting('deleted', text, run)
}

/** The version that was ends, and one that says so begins, with the row as it was last; no other version is read. */
function closeDeleted({ name, columns }: OdsTable, run: RunValues, isSnapshot: boolean): Statement {
  const own = ['hashdiff', 'source_offset', ...columns.map(({ sqlName }) => quoted(sqlName))]
  const kept = Object.fromEntries(own.map((column) => [column, `t.${column}`]))
  const values = { row_key: 't.row_key', ...runAssignments, is_current: '1', is_deleted: '1', ...kept }
  const text = `WITH closed AS (
UPDATE ods.${quoted(name)} AS t SET valid_to = CAST(@at AS timestamp), is_current = 0
WHERE ${isGone(name, isSnapshot)}
RETURNING t.*), opened AS (
INSERT INTO ods.${quoted(name)} (${Object.keys(values).join(', ')})
SELECT ${Object.values(values).join(', ')} FROM closed AS t
RETURNING 1)
SELECT count(*) AS deleted FROM opened`
  return { text, values: runParameters(run) }
}
