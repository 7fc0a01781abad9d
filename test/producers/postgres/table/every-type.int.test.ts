import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { discoverPostgres } from '../../../../producers/postgres/table/discover.ts'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import type { ColumnKind } from '../../../../schemas/column-kinds.ts'
import { declareTable } from '../../../../schemas/discovery/declare-table.ts'
import { type Column, parseTable, type Table } from '../../../../schemas/table.ts'
import { canonicalClean, canonicalDuck, sameDoubles } from '../../../support/canonical-cells.ts'
import { testContext } from '../../../support/context.ts'
import { Stages } from '../../../support/stages.ts'
import { canonicalSql, setAsideSql } from '../canonical-sql.ts'
import { candidates, some } from '../hostile-values.ts'
import { SourceDatabase } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
  await source.client.query(`
    CREATE TYPE mood AS ENUM ('sad', 'très "ok"', 'a,b');
    CREATE TYPE pair AS (a int, b text);
    CREATE DOMAIN year AS int CHECK (VALUE < 3000);
    CREATE DOMAIN recent AS year CHECK (VALUE > 1990);
    CREATE DOMAIN money_amount AS numeric(12,2);
    CREATE DOMAIN tags AS text[];
    CREATE TYPE float_range AS RANGE (subtype = float8)`)
})
after(() => source.drop())

/** Types with what a declaration of a column adds, which pg_type does not list. */
const declared = [
  'numeric(38,4)',
  'numeric(10,2)[]',
  'varchar(40)',
  'char(4)',
  'timestamp(3)',
  'bit(4)',
  'int[][]',
  'text[][]',
  'interval[]',
  'time[]'
]

/** Every type of the catalogue that a column can have and somebody would: all but the server's own. */
const typesQuery = `
  SELECT format_type(t.oid, -1) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
    LEFT JOIN pg_class c ON c.oid = typrelid
  WHERE typtype IN ('b', 'd', 'e', 'r', 'm', 'c') AND typisdefined AND nspname IN ('pg_catalog', 'public')
    AND typcategory NOT IN ('P', 'Z') AND (relkind IS NULL OR relkind = 'c')
    AND NOT EXISTS (SELECT FROM pg_type e JOIN pg_class ec ON ec.oid = e.typrelid WHERE e.typarray = t.oid AND ec.relkind <> 'c')
    AND typname !~ '^_?(reg|aclitem|refcursor|cid$|xid|tid$|txid_|pg_|gtsvector|int2vector|oidvector|cstring|"char"|char$|name$)'
  ORDER BY 1`

test('every type of the catalogue comes to changes, clean, Silver and DuckDB cell by cell, but for what is declared', async (t) => {
  const seed = Number(process.env['COURANT_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed} (COURANT_TEST_SEED)`)
  await source.client.query(
    `SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1`
  )
  const all = await source.client.query<string[]>({ text: typesQuery, rowMode: 'array' })
  const types = [...all.rows.map(([type]) => String(type)), ...declared]
  assert.ok(types.length > 100, `${types.length} types`)
  const table = await zooOf(types, seed)
  const { items } = await readAll(table)
  const stages = await Stages.of(t, table)
  await stages.add(items)
  const cells = await cellsAtSource(table)
  t.diagnostic(`${types.length} types, ${cells.length} values, ${stages.rejected.length} rows set aside`)

  const changes = new Map(items.map(({ value }) => [String(value.after?.['id']), value.after]))
  await stages.compact()
  const clean = new Map(
    stages.clean
      .filter(({ value }) => value.after)
      .map(({ value }) => [String(value.after?.['id']), value.after])
  )
  const shown = new Map((await stages.rows(duckQuery(table))).map((row) => [String(row['id']), row]))
  const reasons = new Map(stages.rejected.map(({ key, value }) => [key, value.reasons]))
  assert.equal(changes.size, cells.length, 'every row is in changes')
  for (const { id, column, text, canonical, isSetAside } of cells) {
    const at = `${column.name} (${types[Number(column.name.slice(1))]}): ${text}`
    assert.equal(changes.get(id)?.[column.name], text, `changes: ${at}`)
    assert.equal(reasons.has(id), isSetAside, `set aside as declared: ${at} ${reasons.get(id)?.join() ?? ''}`)
    if (isSetAside) {
      assert.equal(shown.has(id), false, `not shown: ${at}`)
      continue
    }
    const expected = sameDoubles(canonical, column.type)
    const inClean = canonicalClean(clean.get(id)?.[column.name], column.type)
    assert.deepEqual(sameDoubles(inClean, column.type), expected, `clean: ${at}`)
    const cell = JSON.parse(String(shown.get(id)?.[column.name])) as unknown
    assert.deepEqual(sameDoubles(cell, column.type), expected, `DuckDB: ${at}`)
  }
})

/** A table with a column of each type, and a row of each value with nothing else in it. */
async function zooOf(types: readonly string[], seed: number): Promise<Table> {
  const { client } = source
  await client.query(
    `CREATE TABLE zoo (id int PRIMARY KEY, ${types.map((type, n) => `t${n} ${type}`).join(', ')})`
  )
  // A function that says whether a text can be of a type, asked once for all.
  await client.query(`CREATE FUNCTION pg_temp.taken(candidate text, type text) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN EXECUTE format('SELECT %L::%s', candidate, type); RETURN true; EXCEPTION WHEN others THEN RETURN false; END $$`)
  const texts = candidates(seed)
  let id = 0
  for (const [n, type] of types.entries()) {
    const { rows } = await client.query<{ text: string }>(
      'SELECT text FROM unnest($1::text[]) WITH ORDINALITY AS c (text, n) WHERE pg_temp.taken(text, $2) ORDER BY n',
      [[...texts, ...collections(type)], type]
    )
    const values = some(
      rows.map(({ text }) => text),
      24,
      seed
    )
    await client.query(
      `INSERT INTO zoo (id, t${n}) SELECT $1::int + n, text::${type} FROM unnest($2::text[]) WITH ORDINALITY AS c (text, n)`,
      [id, values]
    )
    id += values.length
  }
  await client.query('INSERT INTO zoo (id) VALUES (0)')
  const [found] = await discoverPostgres(testContext(source.env), ['zoo'])
  assert.ok(found)
  const { avro, file } = declareTable(found, 'shop', 'zoo')
  assert.deepEqual(avro.fields.length, types.length + 1, 'no column is left out')
  return parseTable(file, JSON.parse(JSON.stringify(avro)))
}

/** Arrays, ranges and multiranges of odd shapes: a type takes those that its elements let it. */
function collections(type: string): readonly string[] {
  const values = [
    '1',
    'a,b',
    '"x"',
    '\\',
    'true',
    '2026-01-01',
    'infinity',
    'NaN',
    '08:09',
    '1 mon',
    '10.0.0.1',
    'sad',
    '0101',
    '{"a":1}'
  ]
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`)
  if (/\[\]$|^tags$/.test(type))
    return [
      '{}',
      '{NULL}',
      '{"NULL",""}',
      ...quoted.flatMap((one) => [
        `{${one}}`,
        `{${one},NULL,${one}}`,
        `{{${one}},{NULL}}`,
        `[0:1]={${one},${one}}`
      ]),
      '{"[1,3)",empty,"(,)"}',
      '{"{[1,3),[5,7)}"}',
      '{"(1,\\"a b\\")"}',
      '{{1,2},{3,4}}'
    ]
  if (!type.endsWith('range')) return ['(1,"a ""b"", c")', '(,)']
  const bounds = ['1', '2026-01-01', '0.5', '0044-01-01 BC', 'infinity', '2026-01-01 12:00:00.5']
  const ranges = [
    'empty',
    '(,)',
    ...bounds.flatMap((one) => [`[${one},${one}]`, `[${one},)`, `(,${one}]`, `(${one},${one})`]),
    '[1,5)',
    '(0.25,"0.75"]',
    '[2026-01-01,2027-01-01)',
    '[1.5,NaN]'
  ]
  return [
    ...ranges,
    '{}',
    ...ranges.map((one) => `{${one}}`),
    '{[1,3),[5,7),(9,)}',
    '{(,2020-01-01),[2026-01-01,2026-02-01)}'
  ]
}

async function readAll(table: Table) {
  const env = source.stateEnv({ COURANT_POSTGRES_PAGE_ROWS: '10000' })
  const reader = await postgresReader(table).open(testContext(env))
  const batch = await reader.read({ limit: 10_000, lingerMs: 0, signal: AbortSignal.timeout(60_000) })
  await reader.close()
  return batch
}

interface Cell {
  readonly id: string
  readonly column: Column
  /** As the server prints it within a row. */
  readonly text: string | null
  /** What it says, told by the server itself, in a form that has nothing of our own. */
  readonly canonical: unknown
  /** Whether docs/types.md says that such a value is set aside. */
  readonly isSetAside: boolean
}

async function cellsAtSource(table: Table): Promise<readonly Cell[]> {
  const found: Cell[] = [
    { id: '0', column: table.columns[1] as Column, text: null, canonical: null, isSetAside: false }
  ]
  for (const column of table.columns.slice(1)) {
    const { name, type } = column
    const query = `SELECT id::text, (ROW(${name})::text), (${canonicalSql(name, type)})::text, (${setAsideSql(name, type)})::text
      FROM zoo WHERE ${name}::text IS NOT NULL OR ${name} IS NOT NULL`
    const { rows } = await source.client.query<string[]>({ text: query, rowMode: 'array' })
    for (const [id, row, canonical, isSetAside] of rows)
      found.push({
        id: String(id),
        column,
        text: unquotedRow(String(row)),
        canonical: JSON.parse(canonical ?? 'null') as unknown,
        isSetAside: isSetAside === 'true'
      })
  }
  return found
}

/** The one value of a row's text. */
function unquotedRow(row: string): string {
  const inner = row.slice(1, -1)
  return inner.startsWith('"') ? inner.slice(1, -1).replaceAll(/""|\\\\/g, (two) => two.charAt(0)) : inner
}

const duckQuery = ({ columns }: Table): string =>
  `SELECT id, ${columns
    .slice(1)
    .map(({ name, type }: { name: string; type: ColumnKind }) => `${canonicalDuck(name, type)} AS ${name}`)
    .join(', ')} FROM silver.zoo`
