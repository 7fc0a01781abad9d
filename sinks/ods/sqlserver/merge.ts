import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { Dialect, RunValues } from '../dialect.ts'
import type { OdsTable } from '../ods-table.ts'
import { runParameters } from '../run-parameters.ts'
import type { Statement } from '../statement.ts'
import { keyCharacters, keyCollation } from './tables.ts'
import { bracketed, castStaged } from './types.ts'

/** How staging becomes the ODS in SQL Server; each statement counts what it did. */
export const sqlServerMerge = {
  // https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
  lock: (table) => ({
    text: `DECLARE @granted int;
EXEC @granted = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 600000;
IF @granted < 0 THROW 50001, 'The lock of the table was not granted', 1;`,
    values: { resource: `courant.ods.${table}` }
  }),

  truncateStage: (table) => ({ text: `TRUNCATE TABLE [stg].${bracketed(table)};` }),

  deduplicate: (table) => [
    {
      // A run lies in one partition, so no two of its rows have one offset.
      text: `DELETE s FROM [stg].${bracketed(table)} AS s
WHERE EXISTS (SELECT 1 FROM [stg].${bracketed(table)} AS l WHERE l.[row_key] = s.[row_key] AND l.[source_offset] > s.[source_offset]);`
    }
  ],

  // A single MERGE cannot both end a version and begin the next, and it has defects with filtered indexes.
  upsert: (table, run) =>
    table.keepHistory || table.hasVersions ? withoutMerge.upsert(table, run) : [merge(table, run)],

  countMissing: ({ name }, { replacesBelow }) => ({
    text: `SELECT COALESCE(SUM(CASE WHEN t.[row_version] < @replacesBelow AND s.[row_key] IS NULL THEN 1 ELSE 0 END), 0) AS [missing], COUNT(*) AS [live]
FROM [ods].${bracketed(name)} AS t
LEFT JOIN [stg].${bracketed(name)} AS s ON s.[row_key] = t.[row_key] AND s.[is_deleted] = 0
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0;`,
    values: { replacesBelow }
  }),

  markDeleted: (table, run, isSnapshot) =>
    table.keepHistory ? [closeDeleted(table, run, isSnapshot)] : [flagDeleted(table, run, isSnapshot)]
} satisfies Partial<Dialect>

/** The same for servers that have no MERGE: an UPDATE and an INSERT in the run's transaction. */
export const withoutMerge = {
  upsert: (table, run) => [table.keepHistory ? close(table, run) : update(table, run), insert(table, run)]
} satisfies Partial<Dialect>

/** A row of the ODS that this run found otherwise; an older run never replaces a newer one's. */
const isChanged = 't.[row_version] < @replacesBelow AND (t.[hashdiff] <> s.[hashdiff] OR t.[is_deleted] = 1)'

/** What the run gives every row it writes, beside the row's own columns. */
const runAssignments: Readonly<Record<string, string>> = {
  hashdiff_rule: '@rule',
  row_version: '@version',
  valid_from: 'CAST(@at AS datetime2(6))',
  run_id: '@runId',
  source_topic: '@topic',
  source_partition: '@partition',
  loaded_at: 'SYSUTCDATETIME()'
}

/** Where old versions end a row's time is theirs: what replaces it in place holds from then on, without a gap. */
const replacing = ({ hasVersions }: OdsTable): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(runAssignments).filter(([name]) => !hasVersions || name !== 'valid_from'))

const ownAssignments = (columns: readonly RunColumn[], valueOf: (column: RunColumn) => string) => ({
  hashdiff: 's.[hashdiff]',
  source_offset: 's.[source_offset]',
  ...Object.fromEntries(columns.map((column) => [column.sqlName, valueOf(column)]))
})

const lostAssignments = ({ lost = [] }: OdsTable) =>
  Object.fromEntries(lost.map((column) => [column, 'NULL']))

const setList = (assignments: Readonly<Record<string, string>>, indent: string) =>
  Object.entries(assignments)
    .map(([name, value]) => `${indent}${bracketed(name)} = ${value}`)
    .join(',\n')

const nameList = (assignments: Readonly<Record<string, string>>) =>
  Object.keys(assignments).map(bracketed).join(', ')
const valueList = (assignments: Readonly<Record<string, string>>) => Object.values(assignments).join(', ')

const insertedRow = (own: Readonly<Record<string, string>>) => ({
  row_key: 's.[row_key]',
  ...runAssignments,
  is_current: '1',
  is_deleted: '0',
  ...own
})

/** Staging with every value in its column's type, cast once. */
const stagedRows = ({ name, columns }: OdsTable) => `(
  SELECT s.[row_key], s.[hashdiff], s.[source_offset]${columns.map((column) => `,\n    ${castStaged(column)} AS ${bracketed(column.sqlName)}`).join('')}
  FROM [stg].${bracketed(name)} AS s
  WHERE s.[is_deleted] = 0
)`

function merge(table: OdsTable, run: RunValues): Statement {
  const own = ownAssignments(table.columns, ({ sqlName }) => `s.${bracketed(sqlName)}`)
  const inserted = insertedRow(own)
  // HOLDLOCK: without it, two merges of the same key may both find it absent.
  const text = `DECLARE @done TABLE ([action] nvarchar(10) NOT NULL);
MERGE [ods].${bracketed(table.name)} WITH (HOLDLOCK) AS t
USING ${stagedRows(table)} AS s
ON t.[row_key] = s.[row_key]
WHEN MATCHED AND ${isChanged} THEN UPDATE SET
${setList({ ...runAssignments, is_deleted: '0', ...own, ...lostAssignments(table) }, '  ')}
WHEN NOT MATCHED BY TARGET THEN INSERT (${nameList(inserted)})
  VALUES (${valueList(inserted)})
OUTPUT $action INTO @done
OPTION (RECOMPILE);
SELECT COALESCE(SUM(CASE WHEN [action] = 'INSERT' THEN 1 ELSE 0 END), 0) AS [inserted],
  COALESCE(SUM(CASE WHEN [action] = 'UPDATE' THEN 1 ELSE 0 END), 0) AS [updated]
FROM @done;`
  return { text, values: runParameters(run) }
}

/**
 * A statement that changes rows, and a second that answers with how many. Its plan is made anew each time: the one for
 * a full run would read all of the table for a run of one row.
 */
const counting = (what: 'inserted' | 'updated' | 'deleted', text: string, run: RunValues): Statement => ({
  text: `${text}\nOPTION (RECOMPILE);\nSELECT @@ROWCOUNT AS [${what}];`,
  values: runParameters(run)
})

function update(table: OdsTable, run: RunValues): Statement {
  const { name } = table
  const own = { ...ownAssignments(table.columns, castStaged), ...lostAssignments(table) }
  const text = `UPDATE t SET
${setList({ ...replacing(table), is_deleted: '0', ...own }, '  ')}
FROM [ods].${bracketed(name)} AS t
INNER JOIN [stg].${bracketed(name)} AS s ON s.[row_key] = t.[row_key]
WHERE s.[is_deleted] = 0 AND t.[is_current] = 1 AND ${isChanged}`
  return counting('updated', text, run)
}

/** Ends the current version of what changed; insert then begins the next at the same instant. */
function close({ name }: OdsTable, run: RunValues): Statement {
  const text = `UPDATE t SET [valid_to] = CAST(@at AS datetime2(6)), [is_current] = 0
FROM [ods].${bracketed(name)} AS t
INNER JOIN [stg].${bracketed(name)} AS s ON s.[row_key] = t.[row_key]
WHERE s.[is_deleted] = 0 AND t.[is_current] = 1 AND ${isChanged}`
  return counting('updated', text, run)
}

function insert({ name, columns }: OdsTable, run: RunValues): Statement {
  const values = insertedRow(ownAssignments(columns, castStaged))
  const text = `INSERT INTO [ods].${bracketed(name)} (${nameList(values)})
SELECT ${valueList(values)}
FROM [stg].${bracketed(name)} AS s
WHERE s.[is_deleted] = 0
AND NOT EXISTS (SELECT 1 FROM [ods].${bracketed(name)} AS t WHERE t.[row_key] = s.[row_key] AND t.[is_current] = 1)`
  return counting('inserted', text, run)
}

const isGone = (name: string, isSnapshot: boolean) =>
  `t.[is_current] = 1 AND t.[is_deleted] = 0 AND t.[row_version] < @replacesBelow
AND ${isSnapshot ? 'NOT EXISTS' : 'EXISTS'} (SELECT 1 FROM [stg].${bracketed(name)} AS s WHERE s.[row_key] = t.[row_key] AND s.[is_deleted] = ${isSnapshot ? 0 : 1})`

function flagDeleted(table: OdsTable, run: RunValues, isSnapshot: boolean): Statement {
  const { name } = table
  const text = `UPDATE t SET\n${setList({ ...replacing(table), is_deleted: '1' }, '  ')}
FROM [ods].${bracketed(name)} AS t
WHERE ${isGone(name, isSnapshot)}`
  return counting('deleted', text, run)
}

/** The version that was ends, and one that says so begins, with the row as it was last. */
function closeDeleted({ name, columns }: OdsTable, run: RunValues, isSnapshot: boolean): Statement {
  const own = ['hashdiff', 'source_offset', ...columns.map(({ sqlName }) => sqlName)]
  const kept = Object.fromEntries(own.map((column) => [column, `t.${bracketed(column)}`]))
  const values = { row_key: 't.[row_key]', ...runAssignments, is_current: '1', is_deleted: '1', ...kept }
  // The keys that were closed find their versions by the index: only what a run closes is read again.
  const text = `DECLARE @closed TABLE ([row_key] nvarchar(${keyCharacters}) ${keyCollation} NOT NULL);
UPDATE t SET [valid_to] = CAST(@at AS datetime2(6)), [is_current] = 0
OUTPUT inserted.[row_key] INTO @closed
FROM [ods].${bracketed(name)} AS t
WHERE ${isGone(name, isSnapshot)}
OPTION (RECOMPILE);
INSERT INTO [ods].${bracketed(name)} (${nameList(values)})
SELECT ${valueList(values)}
FROM @closed AS k
INNER JOIN [ods].${bracketed(name)} AS t ON t.[row_key] = k.[row_key] AND t.[valid_to] = CAST(@at AS datetime2(6)) AND t.[is_deleted] = 0
OPTION (RECOMPILE);
SELECT COUNT(*) AS [deleted] FROM @closed;`
  return { text, values: runParameters(run) }
}
