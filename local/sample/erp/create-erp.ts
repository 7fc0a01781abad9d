import type { SqlTarget } from '../targets.ts'
import type { ErpColumn } from './erp-columns.ts'
import { type ErpTable, type ErpTableName, erpTable, erpTableNames } from './erp-tables.ts'

/**
 * Makes a PostgreSQL database look like OpenEdge SQL: schema PUB with views that refuse text wider than its declared
 * SQL width (22P00), arrays as one text with semicolons, and the catalogue views that the producer reads. Rows lie in
 * schema erp_data. A repeat changes nothing.
 */
export async function createErp(pg: SqlTarget): Promise<void> {
  await pg.query(dialect)
  for (const name of erpTableNames) await createErpTable(pg, name, erpTable(name))
  await pg.query(catalogue)
}

/** One table of it, under any name; tests make their own. */
export async function createErpTable(
  pg: SqlTarget,
  name: string,
  { columns, key }: Pick<ErpTable, 'columns' | 'key'>
): Promise<void> {
  const stored = columns.map((column) => `"${column.name}" ${storedType(column)}`)
  const primaryKey = key.length > 0 ? `, PRIMARY KEY (${key.map((column) => `"${column}"`).join(', ')})` : ''
  await pg.query(`CREATE TABLE IF NOT EXISTS erp_data."${name}" (${stored.join(', ')}${primaryKey})`)
  await createErpView(pg, name, columns)
}

/** The view PUB.<name>, made anew: the columns may be others than before. */
export async function createErpView(
  pg: SqlTarget,
  name: string,
  columns: readonly ErpColumn[]
): Promise<void> {
  const shown = columns.map((column) => shownColumn(name, column))
  const arrays = columns.filter((column) => column.extent)
  await pg.query(
    [
      `DROP VIEW IF EXISTS "PUB"."${name}"`,
      `CREATE VIEW "PUB"."${name}" AS SELECT ${shown.join(', ')} FROM erp_data."${name}"`,
      ...arrays.map((column) => `COMMENT ON COLUMN "PUB"."${name}"."${column.name}" IS '${column.extent}'`)
    ].join(';\n')
  )
}

/** Rows `from`..`to` of a table of the sample; those that are there already stay as they are. */
export async function fillErp(
  pg: SqlTarget,
  name: ErpTableName,
  { from = 1, to = erpTable(name).rows }: { from?: number; to?: number } = {}
): Promise<void> {
  const { columns } = erpTable(name)
  const values = columns.map((column) => column.value).join(',\n  ')
  await pg.query(
    `INSERT INTO erp_data."${name}" SELECT ${values} FROM generate_series(${from}::bigint, ${to}) g ON CONFLICT DO NOTHING`
  )
}

/**
 * Changes the last column of one in `every` rows and sets their modification time to the source's clock, as the ERP
 * does; `round` chooses other rows. Gives how many rows changed.
 */
export async function changeErp(
  pg: SqlTarget,
  name: ErpTableName,
  { every, round = 0 }: { every: number; round?: number }
): Promise<number> {
  const { columns, key, config } = erpTable(name)
  const modified =
    config['DateModifCol'] === undefined ? '' : `, "${config['DateModifCol']}" = localtimestamp`
  const number = columns.findLast((column) => column.type === 'integer' && !key.includes(column.name))
  if (!number) throw new Error(`${name} has no integer column to change`)
  const { rowCount } = await pg.query(
    `UPDATE erp_data."${name}" SET "${number.name}" = coalesce("${number.name}", 0) + 1${modified}
     WHERE abs(hashtext(row("${key.join('", "')}")::text)) % ${every} = ${round % every}`
  )
  return rowCount ?? 0
}

const isText = ({ type }: ErpColumn) => type.startsWith('varchar')

// Text has no bound where it lies: as in OpenEdge, only SQL refuses what is wider than declared.
const storedType = (column: ErpColumn) => (isText(column) ? 'text' : column.type)

function shownColumn(table: string, column: ErpColumn): string {
  const quoted = `"${column.name}"`
  if (!isText(column)) return quoted
  const width = /\d+/.exec(column.type)?.[0] ?? '0'
  return `erp_data.fitting(${quoted}, ${width}, '${column.name}', '${table}')::${column.type} AS ${quoted}`
}

// The message and SQLSTATE with which OpenEdge refuses a value (native error -210012). Stable, not volatile: PostgreSQL
// then leaves out what a statement does not select, as OpenEdge does.
const dialect = `
CREATE SCHEMA IF NOT EXISTS erp_data;
CREATE SCHEMA IF NOT EXISTS "PUB";
CREATE SCHEMA IF NOT EXISTS sysprogress;
CREATE OR REPLACE FUNCTION erp_data.too_wide(col text, tbl text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RAISE EXCEPTION 'Column % in table PUB.% has value exceeding its max length or precision.', col, tbl
    USING errcode = '22P00';
END $$;
CREATE OR REPLACE FUNCTION erp_data.fitting(v text, width int, col text, tbl text) RETURNS text
  LANGUAGE sql STABLE AS $$ SELECT CASE WHEN length(v) > width THEN erp_data.too_wide(col, tbl) ELSE v END $$;`

/** OpenEdge Data Management: SQL Reference, "System catalog tables"; only the columns that we read. */
const catalogue = `
CREATE OR REPLACE VIEW sysprogress.syscalctable AS SELECT 100 AS fld;
CREATE OR REPLACE VIEW sysprogress.systables AS
  SELECT table_name::varchar(32) AS tbl, table_schema::varchar(32) AS owner, 'T'::varchar(1) AS tbltype
  FROM information_schema.tables WHERE table_schema = 'PUB';
CREATE OR REPLACE VIEW sysprogress.syscolumns_full AS
  SELECT c.column_name::varchar(32) AS col, c.table_name::varchar(32) AS tbl, c.table_schema::varchar(32) AS owner,
    CASE c.data_type WHEN 'character varying' THEN 'varchar' WHEN 'boolean' THEN 'bit'
      WHEN 'timestamp without time zone' THEN 'timestamp' WHEN 'timestamp with time zone' THEN 'timestamp_timezone'
      ELSE c.data_type END::varchar(20) AS coltype,
    coalesce(c.character_maximum_length, c.numeric_precision)::int AS width, c.numeric_scale::int AS scale,
    left(c.is_nullable, 1)::varchar(1) AS nullflag, c.ordinal_position::int AS id,
    coalesce(col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position)::int, 0)
      AS array_extent
  FROM information_schema.columns c WHERE c.table_schema = 'PUB';
CREATE OR REPLACE VIEW sysprogress.sysindexes AS
  SELECT i.indexrelid::int AS id, x.relname::varchar(32) AS idxname, t.relname::varchar(32) AS tbl,
    'PUB'::varchar(32) AS tblowner, a.attname::varchar(32) AS colname, k.place::int AS idxseq,
    CASE WHEN i.indisunique THEN 'U' ELSE 'D' END::varchar(1) AS idxtype
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'erp_data'
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k(att, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.att;`
