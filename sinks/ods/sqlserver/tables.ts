import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { Dialect, ExistingColumn, OwnIndex } from '../dialect.ts'
import { type TechnicalColumn, technicalColumns } from '../../../schemas/erp/technical-columns.ts'
import type { OdsTable } from '../ods-table.ts'
import { bracketed, sqlServerType, stagedType, widerType } from './types.ts'

/** Characters of a key: with the time beside it as much as an index takes. */
export const keyCharacters = 440

/** Binary, so that keys are equal only where the producer says so: other collations hold ß and ss for the same. */
export const keyCollation = 'COLLATE Latin1_General_100_BIN2'

const technicalTypes: Readonly<Record<TechnicalColumn, string>> = {
  row_key: `nvarchar(${keyCharacters}) ${keyCollation} NOT NULL`,
  hashdiff: 'binary(32) NOT NULL',
  hashdiff_rule: 'smallint NOT NULL',
  row_version: 'bigint NOT NULL',
  valid_from: 'datetime2(6) NOT NULL',
  valid_to: 'datetime2(6) NULL',
  is_current: 'bit NOT NULL',
  is_deleted: 'bit NOT NULL',
  run_id: 'varchar(64) NOT NULL',
  source_topic: 'varchar(249) NOT NULL',
  source_partition: 'int NOT NULL',
  source_offset: 'bigint NOT NULL',
  loaded_at: 'datetime2(6) NOT NULL'
}

/** How tables are made and changed in SQL Server. */
export const sqlServerTables = {
  typeOf: sqlServerType,

  textLimit: (column) => Number(/^nvarchar\((\d+)\)$/.exec(sqlServerType(column))?.[1] ?? 0) || null,

  existingColumns: (schema, table) => ({
    text: `SELECT COLUMN_NAME AS name,
  CASE
    WHEN DATA_TYPE IN ('nvarchar', 'varchar', 'varbinary', 'binary') THEN CONCAT(DATA_TYPE, '(', CASE CHARACTER_MAXIMUM_LENGTH WHEN -1 THEN 'max' ELSE CAST(CHARACTER_MAXIMUM_LENGTH AS varchar(10)) END, ')')
    WHEN DATA_TYPE = 'decimal' THEN CONCAT('decimal(', NUMERIC_PRECISION, ',', NUMERIC_SCALE, ')')
    WHEN DATA_TYPE IN ('datetime2', 'datetimeoffset', 'time') THEN CONCAT(DATA_TYPE, '(', DATETIME_PRECISION, ')')
    ELSE DATA_TYPE
  END AS type
FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @table
ORDER BY ORDINAL_POSITION;`,
    values: { schema, table }
  }),

  createTable: ({ name, columns }) => ({
    text: `CREATE TABLE [ods].${bracketed(name)} (
${[...technicalColumns.map((column) => `  ${bracketed(column)} ${technicalTypes[column]}`), ...columns.map(definition)].join(',\n')}
);`
  }),

  addColumns: ({ name }, columns) => ({
    text: `ALTER TABLE [ods].${bracketed(name)} ADD\n${columns.map(definition).join(',\n')};`
  }),

  widen: ({ name }, column, existing: ExistingColumn) => {
    const wider = widerType(existing.type, sqlServerType(column))
    if (wider === null) return null
    if (wider === existing.type) return []
    const changed = bracketed(column.sqlName)
    // Nullable, as tedious' sessions have ANSI_NULL_DFLT_ON.
    return [{ text: `ALTER TABLE [ods].${bracketed(name)} ALTER COLUMN ${changed} ${wider};` }]
  },

  // https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql: only text and bytes may grow under one.
  isHeldByIndex: (column, { type }) => {
    const wider = widerType(type, sqlServerType(column))
    return wider !== null && wider !== type && !(/^n?var/.test(type) && !wider.endsWith('(max)'))
  },

  existingIndexes: (table) => ({
    text: `SELECT i.[name] AS [name], c.[name] AS [columnname]
FROM sys.indexes AS i
INNER JOIN sys.index_columns AS ic ON ic.[object_id] = i.[object_id] AND ic.[index_id] = i.[index_id]
INNER JOIN sys.columns AS c ON c.[object_id] = ic.[object_id] AND c.[column_id] = ic.[column_id]
WHERE i.[object_id] = OBJECT_ID(@table)
ORDER BY i.[name], ic.[key_ordinal], ic.[index_column_id];`,
    values: { table: `[ods].${bracketed(table)}` }
  }),

  indexes: ({ name, key, columns, keepHistory, hasVersions }) => {
    const index = (kind: string, suffix: string, on: readonly string[]) =>
      ownIndex({ table: name, kind, suffix, columns: on })
    const unique =
      keepHistory || hasVersions
        ? [
            index('UNIQUE CLUSTERED ', 'version', ['row_key', 'valid_from']),
            index('UNIQUE ', 'current', ['row_key'])
          ]
        : [index('UNIQUE CLUSTERED ', 'key', ['row_key'])]
    return isIndexable(key, columns) ? [...unique, index('', 'source_key', key)] : unique
  },

  dropIndex: (table, index) => ({ text: `DROP INDEX ${bracketed(index)} ON [ods].${bracketed(table)};` }),

  stageColumns,

  createStage: (table) => {
    const name = `[stg].${bracketed(table.name)}`
    const columns = stageColumns(table).map(
      ({ name: column, type }) =>
        `  ${bracketed(column)} ${type}${column === 'row_key' ? ` ${keyCollation}` : ''} NULL`
    )
    return [
      { text: `DROP TABLE IF EXISTS ${name};` },
      { text: `CREATE TABLE ${name} (\n${columns.join(',\n')}\n);` }
    ]
  }
} satisfies Partial<Dialect>

const definition = (column: RunColumn) => `  ${bracketed(column.sqlName)} ${sqlServerType(column)} NULL`

function stageColumns({ columns }: OdsTable): ExistingColumn[] {
  return [
    { name: 'row_key', type: `nvarchar(${keyCharacters})` },
    { name: 'hashdiff', type: 'binary(32)' },
    { name: 'is_deleted', type: 'bit' },
    { name: 'source_offset', type: 'bigint' },
    ...columns.map((column) => ({ name: column.sqlName, type: stagedType(column) }))
  ]
}

interface OwnIndexOptions {
  readonly table: string
  readonly kind: string
  readonly suffix: string
  readonly columns: readonly string[]
}

function ownIndex({ table, kind, suffix, columns }: OwnIndexOptions): OwnIndex {
  const name = `${table}_${suffix}`
  const on = `[ods].${bracketed(table)} (${columns.map(bracketed).join(', ')})`
  const where = suffix === 'current' ? ' WHERE [is_current] = 1' : ''
  return {
    name,
    columns,
    create: { text: `CREATE ${kind}INDEX ${bracketed(name)} ON ${on}${where};` }
  }
}

/** An index takes 1,700 bytes; people search by it, the merge does not need it. */
function isIndexable(key: readonly string[], columns: readonly RunColumn[]): boolean {
  const types = key
    .map((name) => columns.find(({ sqlName }) => sqlName === name))
    .map((column) => column && sqlServerType(column))
  const bytes = types.map((type) => Number(/^nvarchar\((\d+)\)$/.exec(type ?? '')?.[1] ?? 16) * 2)
  return (
    !types.some((type) => type === undefined || type.endsWith('(max)')) &&
    bytes.reduce((sum, one) => sum + one, 0) <= 1700
  )
}
