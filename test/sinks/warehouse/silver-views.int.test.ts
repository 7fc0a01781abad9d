import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Table } from '../../../schemas/table.ts'
import { tables } from '../../../schemas/tables.ts'
import { FileColumns } from '../../../sinks/warehouse/file-columns.ts'
import { createSilverViews } from '../../../sinks/warehouse/silver-views.ts'
import { memoryDuckDb } from '../../support/memory-duckdb.ts'
import { temporaryFolder } from '../../support/stack.ts'

const table: Table = tables.groupsUsers
const technical = `'c' AS _op, 1::BIGINT AS _version, now() AS _changed_at, 0 AS _partition, 0::BIGINT AS _offset`

/** A DuckDB, and a folder to put Silver files into. */
async function opened(t: TestContext) {
  const folder = temporaryFolder(t)
  const connection = await memoryDuckDb(t)
  const columns = new FileColumns()
  return {
    file: async (name: string, sql: string): Promise<string> => {
      const path = join(folder, `${name}.parquet`)
      await connection.run(`COPY (SELECT ${sql}) TO '${path}'`)
      return path
    },
    show: async (paths: readonly string[], shown: Table = table): Promise<void> => {
      const files = await columns.alike(connection, paths)
      await createSilverViews(connection, { database: 'memory', table: shown, files })
    },
    rows: async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  }
}

test('views show files from before and after a change of the schema together, each value in its column', async (t) => {
  const { file, show, rows } = await opened(t)
  const paths = [
    await file('a', `'g1' AS Groups_Id, 'u1' AS users_id, ${technical}`),
    await file('b', `${technical}, 'u2' AS users_id, 'g2' AS groups_id`),
    await file('c', `'g3' AS groups_id, 'u3' AS users_id, ${technical}, 'boss' AS role`)
  ]
  await show(paths)
  const all = 'SELECT groups_id, users_id, role, _op FROM silver.groups_users ORDER BY ALL'
  assert.deepEqual(await rows(all), [
    { groups_id: 'g1', users_id: 'u1', role: null, _op: 'c' },
    { groups_id: 'g2', users_id: 'u2', role: null, _op: 'c' },
    { groups_id: 'g3', users_id: 'u3', role: 'boss', _op: 'c' }
  ])
})

test('views show a column whose type was widened, whatever it is in the first file', async (t) => {
  const { file, show, rows } = await opened(t)
  const paths = [
    await file('int', `1::INTEGER AS groups_id, 'u1' AS users_id, ${technical}`),
    await file('long', `5000000000::BIGINT AS groups_id, 'u2' AS users_id, ${technical}`)
  ]
  await show(paths)
  assert.deepEqual(await rows('SELECT max(groups_id)::VARCHAR AS most FROM silver.groups_users_history'), [
    { most: '5000000000' }
  ])
})

test('views have a column that no file has yet, and its type', async (t) => {
  const { file, show, rows } = await opened(t)
  await show([await file('old', `'g1' AS groups_id, ${technical}`)])
  assert.deepEqual(await rows('SELECT users_id, typeof(users_id) AS type FROM silver.groups_users_history'), [
    { users_id: null, type: 'VARCHAR' }
  ])
})

test('making a view opens only files that are new, however many there are', async (t) => {
  const { file, show, rows } = await opened(t)
  const row = (n: number) => `'g${n}' AS groups_id, 'u${n}' AS users_id, ${technical}`
  const [first, second] = [await file('first', row(1)), await file('second', row(2))]
  await show([first, second])
  writeFileSync(second, 'opening it would fail')
  await show([first, second, await file('third', row(3))])
  await file('second', row(2))
  assert.equal((await rows('SELECT * FROM silver.groups_users')).length, 3)
})

test('a table may have any name that a file can have', async (t) => {
  const { show, rows } = await opened(t)
  for (const name of ['2024-orders', 'group', 'table']) {
    await show([], { ...table, name })
    assert.deepEqual(await rows(`SELECT * FROM silver."${name.replaceAll('-', '_')}_history"`), [])
  }
})

test('every view and column says what it is, and rows can be had as they were', async (t) => {
  const { file, show, rows } = await opened(t)
  const change = (n: number, user: string, op: string) =>
    `SELECT 'g1' AS groups_id, '${user}' AS users_id, '${op}' AS _op, ${n}::BIGINT AS _version,
     TIMESTAMPTZ '2026-11-2${n} 12:00:00+00' AS _changed_at, 0 AS _partition, ${n}::BIGINT AS _offset`
  const changes = [change(1, 'u1', 'c'), change(2, 'u2', 'c'), change(3, 'u1', 'd')].join(' UNION ALL ')
  await show([await file('a', `* FROM (${changes})`)])
  const asOf = (day: string) =>
    rows(`SELECT users_id FROM silver.groups_users_as_of(TIMESTAMPTZ '${day} 00:00:00+00') ORDER BY 1`)
  assert.deepEqual(await asOf('2026-11-21'), [])
  assert.deepEqual(await asOf('2026-11-22'), [{ users_id: 'u1' }])
  assert.deepEqual(await asOf('2026-11-23'), [{ users_id: 'u1' }, { users_id: 'u2' }])
  assert.deepEqual(await asOf('2026-11-24'), [{ users_id: 'u2' }])
  const silent = await rows(
    `SELECT view_name FROM duckdb_views() WHERE schema_name = 'silver' AND coalesce(comment, '') = ''`
  )
  assert.deepEqual(silent, [])
  const said = await rows(
    `SELECT column_name, comment FROM duckdb_columns()
     WHERE table_name = 'groups_users' AND column_name IN ('groups_id', '_changed_at') ORDER BY column_name`
  )
  assert.match(JSON.stringify(said[0]), /of a delete that was found by comparison, when it was found/)
  assert.match(JSON.stringify(said[1]), /Key/)
})

test('views show a column as it is in files of an earlier type, and never make one type of two of lists, structs and text', async (t) => {
  const { file, show, rows } = await opened(t)
  const pause = `{'months': 1, 'days': -2, 'micros': 3::BIGINT} AS pause, ['a', NULL] AS tags`
  const paths = [
    await file('one', `'g1' AS groups_id, 'u1' AS users_id, ${pause}, ${technical}`),
    await file('two', `'g2' AS groups_id, 'u2' AS users_id, ${pause}, ${technical}`)
  ]
  const kept = { nullable: true, pii: null } as const
  const wider: Table = {
    ...table,
    columns: [
      ...table.columns,
      { name: 'pause', type: { kind: 'interval' }, ...kept },
      { name: 'tags', type: { kind: 'array', items: { type: { kind: 'string' }, nullable: true } }, ...kept }
    ]
  }
  await show(paths, wider)
  const types = 'SELECT DISTINCT typeof(pause) AS pause, typeof(tags) AS tags FROM silver.groups_users'
  assert.deepEqual(await rows(types), [{ pause: 'INTERVAL', tags: 'VARCHAR[]' }])
  // A lake that has the column as text keeps it so.
  const old = await file(
    'old',
    `'g3' AS groups_id, 'u3' AS users_id, 'P1M' AS pause, '{a}' AS tags, ${technical}`
  )
  await show([old], wider)
  assert.deepEqual(await rows(types), [{ pause: 'VARCHAR', tags: 'VARCHAR' }])
})
