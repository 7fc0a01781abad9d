import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import type { RawRow } from '../../schemas/change.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { CachedRun, cachedRunIds } from '../../sinks/ods/cache/cached-run.ts'
import { mergeRun } from '../../sinks/ods/merge-run.ts'
import { addEtlTable, readEtlColumns, readEtlTables, syncColumns } from '../../sinks/ods/metadata.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import { odsTable } from '../../sinks/ods/ods-table.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { lastSuccess } from '../../sinks/ods/loaded-tables.ts'
import { OdsWorld } from '../sinks/ods/ods-world.ts'
import { column, runIdOf, type SampleTable } from '../sinks/ods/sample-runs.ts'
import { unique } from '../support/unique.ts'

const types: SampleTable = {
  columns: [
    column('id', 'integer'),
    column('part', 'text', { width: 10 }),
    column('t', 'text', { width: 40 }),
    column('n', 'decimal', { width: 38, scale: 10 }),
    column('b', 'bigint'),
    column('f', 'double'),
    column('d', 'date'),
    column('at', 'timestamp'),
    column('tz', 'timestamptz'),
    column('h', 'time'),
    column('x', 'binary'),
    column('y', 'bit')
  ],
  key: ['id', 'part'],
  keepHistory: true
}

const untimed = {
  hasTimestamps: false,
  dateModifCol: null,
  dateModifPrecision: 'datetime',
  isDimension: true,
  isFact: false,
  lookbackMs: 0,
  priority: 'normal',
  keepHistory: false
} as const

const awkward = [
  '',
  '\\N',
  '"',
  'a,b',
  'a\nb',
  'a\r\nb',
  '\\',
  "l'été",
  '日本',
  '😀',
  ' x ',
  '\t',
  'NULL',
  "'"
]

/** Values, metadata and cache, as every dialect of the ODS has them. */
export function odsValuesContract(name: string, env: () => Environment): void {
  const world = (t: TestContext, table: SampleTable) => new OdsWorld(t, { env: env(), table })

  describe(`${name} keeps values, metadata and cache`, () => {
    before(async () => {
      const ods = openOds(settingsFrom(env()))
      await migrate(ods)
      await ods.close()
    })

    it('keeps every value exactly, days before 1753 and 38 digits included', async (t) => {
      const w = world(t, types)
      const full: RawRow = {
        id: '1',
        part: 'A',
        t: 'x',
        n: '-1234567890123456789012345678.0123456789',
        b: '-9223372036854775808',
        f: '0.1',
        d: '0099-02-28',
        at: '1582-10-15 12:00:00.123456',
        tz: '2026-03-29 02:30:00+02:00',
        h: '23:59:59',
        x: '00ff10',
        y: '1'
      }
      await w.load({ number: 1, rows: [full, { id: '1', part: 'B' }] })
      const isPostgres = w.ods.dialect.name === 'postgres'
      const [first, second] = await w.rows('n', 'b', 'd', 'at', 'tz', 'h')
      assert.deepEqual(first?.slice(0, 4), [full['n'], full['b'], full['d'], full['at']])
      assert.match(String(first?.[4]), /^2026-03-29 00:30:00/)
      assert.match(String(first?.[5]), /^23:59:59/)
      assert.deepEqual(second, [null, null, null, null, null, null])
      if (isPostgres)
        assert.deepEqual((await w.rows('x', 'y', 'f'))[0], [String.raw`\x00ff10`, 'true', '0.1'])
    })

    it('keeps text that looks like NULL, quotes or a new row', async (t) => {
      const w = world(t, { ...types, keepHistory: false })
      const rows = awkward.map((text, n) => ({ id: String(n), part: 'p', t: text }))
      await w.load({ number: 1, rows: [...rows, { id: '99', part: 'p', t: null }] })
      const stored = new Map((await w.rows('id', 't')).map(([id, text]) => [id, text]))
      for (const { id, t: text } of rows) assert.equal(stored.get(id), text)
      assert.equal(stored.get('99'), null)
    })

    it('loads a cached run again without its source', async (t) => {
      const w = world(t, types)
      await w.load({ number: 1, rows: [{ id: '1', part: 'a', t: 'x' }] })
      const before = await w.rows('row_key', 'hashdiff', 't')
      await w.ods.query('lose the table', { text: `DROP TABLE ods.${w.name}` })
      assert.deepEqual(await cachedRunIds(w.cacheDir, w.name), [runIdOf(1)])
      const run = await CachedRun.open(w.cacheDir, { table: w.name, runId: runIdOf(1), memoryMb: 128 })
      const table = odsTable(w.name, run.facts.marker, w.ods.dialect.limits)
      await mergeRun(w.ods, { table, run, mayDelete: () => true, alsoCommit: async () => undefined })
      assert.deepEqual(await w.rows('row_key', 'hashdiff', 't'), before)
      await assert.rejects(CachedRun.open(w.cacheDir, { table: w.name, runId: runIdOf(9), memoryMb: 128 }), {
        code: 'CONFIG_INVALID',
        message: /000009 of .*there: .*000001\)/
      })
    })

    it('synchronises columns and keeps what people set', async (t) => {
      const ods = openOds(settingsFrom(env()))
      t.after(() => ods.close())
      const tableName = unique('produit').replace('-', '_')
      const about = {
        sqlType: 'varchar',
        type: 'text',
        width: 10,
        scale: null,
        isNullable: true,
        extent: 0
      } as const
      const code = { ...about, name: 'code-v', ordinal: 1 }
      const prix = { ...about, name: 'prix', ordinal: 2 }
      await syncColumns(ods, tableName, [code, prix])
      await ods.query('set', {
        text: `UPDATE config.ETL_Columns SET IsExcluded = 1, Notes = 'secret', SqlName = 'le_code' WHERE TableName = @tableName AND ColumnName = 'code-v'`,
        values: { tableName }
      })
      await syncColumns(ods, tableName, [{ ...code, width: 20 }])
      const [kept, ...others] = await readEtlColumns(ods, tableName.toUpperCase())
      assert.deepEqual(others, [], 'what the source lost is no column any more')
      assert.deepEqual([kept?.sqlName, kept?.isExcluded, kept?.notes], ['le_code', true, 'secret'])
      await syncColumns(ods, tableName, [code, prix])
      assert.equal((await readEtlColumns(ods, tableName)).length, 2)
    })

    it('answers the statements that operators of the old ETL know, word for word', async (t) => {
      const w = world(t, { ...types, keepHistory: false })
      const own = (text: string) =>
        w.ods.dialect.name === 'postgres'
          ? text.replace(/SELECT TOP 20 (.*)$/s, 'SELECT $1 OFFSET 0 ROWS FETCH NEXT 20 ROWS ONLY')
          : text
      const ask = (text: string) => w.ods.query('ask', { text: own(text) })
      await ask(`INSERT INTO config.ETL_Tables
  (TableName, DestinationTable, PrimaryKeyCols, HasTimestamps, DateModifCol, IsDimension, IsFact, LookbackInterval, Priority)
VALUES ('${w.name}', '${w.name}', 'id,part', 1, 'at', 1, 0, '1d', 'high')`)
      await ask(w.ods.dialect.syncConfigColumns.text)
      await w.load({ number: 1, rows: [{ id: '1', part: 'a', n: 'x' }] })
      const failed = await ask(`SELECT TOP 20 * FROM etl.ETL_Log WHERE Status = 'failed' ORDER BY LogTs DESC`)
      assert.equal(
        String(Object.entries(failed[0] ?? {}).find(([name]) => /^runid$/i.test(name))?.[1]),
        runIdOf(1)
      )
      const named = (rows: readonly object[], name: string) =>
        rows.map((row) => Object.entries(row).find(([key]) => key.toLowerCase() === name)?.[1])
      // Runs of other tests have the same ids.
      const stepsOf = async (number: number) =>
        (await ask(`SELECT * FROM etl.ETL_Log WHERE RunId = '${runIdOf(number)}' ORDER BY LogTs`)).filter(
          (row) => named([row], 'tablename')[0] === w.name
        )
      const broken = await stepsOf(1)
      assert.deepEqual(named(broken, 'step'), ['extract', 'transform'])
      assert.deepEqual(named(broken, 'status'), ['succeeded', 'failed'])
      assert.deepEqual(named(broken, 'errorcode'), [null, 'VALUE_UNFIT'])
      await w.load({ number: 2, rows: [{ id: '1', part: 'a' }] })
      const steps = await stepsOf(2)
      assert.deepEqual(named(steps, 'step'), ['extract', 'transform', 'load', 'merge'])
      assert.deepEqual(named(steps, 'rowsinserted').map(Number), [0, 0, 0, 1])
      const failures = named(failed, 'tablename').filter((table) => table === w.name)
      assert.equal(failures.length, 1, 'a row a failure')
      const late = await ask(`SELECT * FROM etl.vw_SLABreach WHERE SLAStatus <> 'OK'`)
      assert.ok(!late.some((row) => Object.values(row).includes(w.name)), 'without an SLA it is not late')
    })

    it('forgets runs that are older than it is told, and not how far the table is', async (t) => {
      const w = world(t, { ...types, keepHistory: false })
      for (const number of [1, 2]) await w.load({ number, rows: [{ id: '1', part: 'a' }] })
      await w.ods.query('age', {
        text: `UPDATE etl.ETL_Runs SET StartedAt = '2020-02-01T08:00:00', FinishedAt = '2020-02-01T08:00:01' WHERE TableName = @name`,
        values: { name: w.name }
      })
      await w.load({ number: 3, rows: [], mode: 'incremental' })
      assert.deepEqual(
        (await w.logged()).map(([runId]) => runId),
        [runIdOf(3)]
      )
      assert.equal((await lastSuccess(w.ods, w.name)).lastSuccessAt, '2026-11-22 08:00:03')
    })

    it('fills SourceExpression as operators know it', async (t) => {
      const { ods, name: tableName } = world(t, types)
      const gencod = {
        name: 'gencod-v',
        sqlType: 'varchar',
        type: 'text',
        isNullable: true,
        extent: 0
      } as const
      await syncColumns(ods, tableName, [{ ...gencod, width: 13, scale: null, ordinal: 1 }])
      const [column] = await readEtlColumns(ods, tableName)
      assert.equal(column?.sourceExpression, '"gencod-v" AS gencod_v')
    })

    it('neither takes nor drops what another has made in its place, and says what to do', async (t) => {
      const { ods } = world(t, types)
      const { migrations } = ods.dialect
      const last = Math.max(...migrations.map(({ number }) => number))
      const foreign = { number: last + 1, name: 'foreign', batches: [], makes: ['etl.ETL_Log'] }
      const dialect = { ...ods.dialect, migrations: [...migrations, foreign] }
      await assert.rejects(migrate({ ...ods, dialect }), {
        code: 'TARGET_REFUSED',
        message: /has etl\.ETL_Log, which Courant did not make, and nothing was changed/i
      })
    })

    it('reads the configuration, and shows runs, performance and SLA in its views', async (t) => {
      const w = world(t, types)
      const row = { tableName: w.name, destinationTable: w.name, primaryKey: ['id', 'part'], slaMinutes: 60 }
      await addEtlTable(w.ods, { ...untimed, ...row })
      const table = (await readEtlTables(w.ods)).tables.find(({ tableName }) => tableName === w.name)
      assert.deepEqual(
        [table?.primaryKey, table?.slaMinutes, table?.keepHistory],
        [['id', 'part'], 60, false]
      )
      assert.deepEqual(await lastSuccess(w.ods, w.name), {
        lastSuccessAt: null,
        lastVersion: null,
        lastShape: null
      })
      const slaStatus = async () => {
        const values = { name: w.name }
        const text = 'SELECT SLAStatus AS status FROM etl.vw_SLABreach WHERE TableName = @name'
        return (await w.ods.query('read', { text, values }))[0]?.['status']
      }
      assert.equal(await slaStatus(), 'NEVER LOADED')
      await w.load({ number: 1, rows: [{ id: '1', part: 'a' }] })
      assert.equal(await slaStatus(), 'OK')
      assert.equal((await lastSuccess(w.ods, w.name.toUpperCase())).lastSuccessAt, '2026-11-22 08:00:01')
      for (const view of ['etl.vw_LastRuns', 'etl.vw_TablePerformance']) {
        const rows = await w.ods.query('read', { text: `SELECT * FROM ${view}` })
        assert.ok(rows.length > 0)
      }
    })
  })
}
