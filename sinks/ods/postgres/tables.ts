import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { Dialect, ExistingColumn, OwnIndex } from '../dialect.ts'
import { type TechnicalColumn, technicalColumns } from '../../../schemas/erp/technical-columns.ts'
import type { OdsTable } from '../ods-table.ts'
import { postgresType, postgresWidens, quoted } from './types.ts'

const technicalTypes: Readonly<Record<TechnicalColumn, string>> = {
  row_key: 'text COLLATE "C" NOT NULL',
  hashdiff: 'bytea NOT NULL',
  hashdiff_rule: 'smallint NOT NULL',
  row_version: 'bigint NOT NULL',
  valid_from: 'timestamp(6) NOT NULL',
  valid_to: 'timestamp(6)',
  is_current: 'smallint NOT NULL',
  is_deleted: 'smallint NOT NULL',
  run_id: 'varchar(64) NOT NULL',
  source_topic: 'varchar(249) NOT NULL',
  source_partition: 'integer NOT NULL',
  source_offset: 'bigint NOT NULL',
  loaded_at: 'timestamp(6) NOT NULL'
}

// Rows of hundreds of columns are wider than 2 kB: without this, each would be looked through for something to compress.
const storage = 'toast_tuple_target = 8160'

/** How tables are made and changed in PostgreSQL. */
export const postgresTables = {
  textLimit: () => null,

  typeOf: ({ type }) => postgresType(type),

  existingColumns: (schema, table) => ({
    text: `SELECT column_name AS name, data_type AS type FROM information_schema.columns
WHERE table_schema = @schema AND table_name = @table ORDER BY ordinal_position`,
    values: { schema, table }
  }),

  createTable: ({ name, columns }) => ({
    text: `CREATE TABLE IF NOT EXISTS ods.${quoted(name)} (
${[...technicalColumns.map((column) => `  ${column} ${technicalTypes[column]}`), ...columns.map(definition)].join(',\n')}
) WITH (${storage})`
  }),

  addColumns: ({ name }, columns) => ({
    text: `ALTER TABLE ods.${quoted(name)}\n${columns.map((column) => `ADD COLUMN IF NOT EXISTS ${definition(column).trim()}`).join(',\n')}`
  }),

  widen: ({ name }, column, existing: ExistingColumn) => {
    const wanted = postgresType(column.type)
    if (wanted === existing.type || postgresWidens(wanted, existing.type)) return []
    if (!postgresWidens(existing.type, wanted)) return null
    return [{ text: `ALTER TABLE ods.${quoted(name)} ALTER COLUMN ${quoted(column.sqlName)} TYPE ${wanted}` }]
  },

  // PostgreSQL makes the indexes anew by itself.
  isHeldByIndex: () => false,

  existingIndexes: (table) => ({
    text: `SELECT i.relname AS name, a.attname AS columnname
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, nth)
JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
WHERE x.indrelid = to_regclass(@table)
ORDER BY i.relname, k.nth`,
    values: { table: `ods.${quoted(table)}` }
  }),

  indexes: ({ name: table, key, keepHistory, hasVersions }) => {
    const index = (suffix: string, columns: readonly string[], kind = ''): OwnIndex => {
      const name = `${table}_${suffix}`
      const where = suffix === 'current' ? ' WHERE is_current = 1' : ''
      const on = `ods.${quoted(table)} (${columns.map(quoted).join(', ')})${where}`
      return { name, columns, create: { text: `CREATE ${kind}INDEX ${quoted(name)} ON ${on}` } }
    }
    const unique =
      keepHistory || hasVersions
        ? [index('version', ['row_key', 'valid_from'], 'UNIQUE '), index('current', ['row_key'], 'UNIQUE ')]
        : [index('key', ['row_key'], 'UNIQUE ')]
    return [...unique, index('source_key', key)]
  },

  dropIndex: (_table, index) => ({ text: `DROP INDEX ods.${quoted(index)}` }),

  stageColumns,

  createStage: (table) => {
    const name = `stg.${quoted(table.name)}`
    const columns = stageColumns(table).map(
      ({ name: column, type }) => `  ${quoted(column)} ${type}${column === 'row_key' ? ' COLLATE "C"' : ''}`
    )
    return [
      { text: `DROP TABLE IF EXISTS ${name}` },
      {
        // Unlogged: after a crash of the server it is empty, and every run fills it anew.
        text: `CREATE UNLOGGED TABLE ${name} (\n${columns.join(',\n')}\n) WITH (${storage}, autovacuum_enabled = false)`
      },
      // However wrong the planner's guesses are, no join by key gets slow.
      { text: `CREATE INDEX ON ${name} (row_key)` }
    ]
  }
} satisfies Partial<Dialect>

const definition = ({ sqlName, type }: RunColumn) => `  ${quoted(sqlName)} ${postgresType(type)}`

/** Values are canonical by now, so staging has their types already; bytes come as hexadecimal. */
function stageColumns({ columns }: OdsTable): ExistingColumn[] {
  return [
    { name: 'row_key', type: 'text' },
    { name: 'hashdiff', type: 'bytea' },
    { name: 'is_deleted', type: 'boolean' },
    { name: 'source_offset', type: 'bigint' },
    ...columns.map(({ sqlName, type }) => ({
      name: sqlName,
      type: type === 'binary' ? 'text' : postgresType(type)
    }))
  ]
}
