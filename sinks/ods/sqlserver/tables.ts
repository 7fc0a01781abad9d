import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { Dialect, ExistingColumn } from '../dialect.ts'
import { type TechnicalColumn, technicalColumns } from '../../../schemas/erp/technical-columns.ts'
import type { OdsTable } from '../ods-table.ts'
import { bracketed, sqlServerType, sqlText, stagedType, widerType } from './types.ts'

/** Characters of a key: with the time beside it as much as an index takes. */
export const keyCharacters = 440

// Binary, so that keys are equal only where the producer says so: other collations hold ß and ss for the same.
const keyCollation = 'COLLATE Latin1_General_100_BIN2'

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
    return [{ text: `ALTER TABLE [ods].${bracketed(name)} ALTER COLUMN ${changed} ${wider} NULL;` }]
  },

  indexes: ({ name, key, columns, keepHistory }) => {
    const index = (kind: string, suffix: string, on: string) => indexStatement({ name, kind, suffix, on })
    const unique = keepHistory
      ? [
          { text: `DROP INDEX IF EXISTS ${bracketed(`${name}_key`)} ON [ods].${bracketed(name)};` },
          index('UNIQUE CLUSTERED', 'version', '([row_key], [valid_from])'),
          index('UNIQUE', 'current', '([row_key]) WHERE [is_current] = 1')
        ]
      : [index('UNIQUE CLUSTERED', 'key', '([row_key])')]
    return isIndexable(key, columns)
      ? [...unique, index('', 'source_key', `(${key.map(bracketed).join(', ')})`)]
      : unique
  },

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

function indexStatement({
  name,
  kind,
  suffix,
  on
}: {
  name: string
  kind: string
  suffix: string
  on: string
}) {
  const index = `${name}_${suffix}`
  const create = `CREATE ${kind} INDEX ${bracketed(index)} ON [ods].${bracketed(name)} ${on};`.replace(
    '  ',
    ' '
  )
  return {
    text: `IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(${sqlText(`[ods].${bracketed(name)}`)}) AND name = ${sqlText(index)})
${create}`
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
