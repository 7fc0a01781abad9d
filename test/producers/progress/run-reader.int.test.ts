import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import { columnsOf } from '../../../schemas/erp/run-envelope.ts'
import { nextRun, OdbcErp, withoutOdbc } from '../../support/odbc-erp.ts'

const id: ErpColumn = { name: 'id', type: 'integer', value: 'g' }
const modified: ErpColumn = {
  name: 'date-modif',
  type: 'timestamp',
  value: `timestamp '2026-03-01' + g * interval '1 hour'`
}
const text: ErpColumn = { name: 'nom-v', type: 'varchar(20)', value: `'nom ' || g` }

describe('runs over ODBC', { skip: withoutOdbc }, () => {
  let erp: OdbcErp
  before(async () => {
    erp = await OdbcErp.create()
  })
  after(() => erp.drop())

  it('reads a full run between its markers, every value as the text of its type', async () => {
    await erp.table(
      'types',
      [
        { name: 'id', type: 'bigint', value: '9007199254740993 + g' },
        { name: 'gencod-v', type: 'varchar(30)', value: `'é€😀 ~;? ' || g` },
        { name: 'prix', type: 'numeric(18,4)', value: '12345678901234.5600 + g' },
        { name: 'actif', type: 'boolean', value: 'g % 2 = 0' },
        { name: 'ne-le', type: 'date', value: `date '0099-01-01'` },
        { name: 'vu-le', type: 'timestamp', value: `timestamp '1699-12-31 23:59:59.123'` },
        { name: 'tel', type: 'varchar(40)', extent: 4, value: `'a~;b;?;~?'` },
        { name: 'vide', type: 'varchar(9)', value: `''` },
        { name: 'rien', type: 'integer', value: 'NULL' }
      ],
      { rows: 2 }
    )
    const { start, end, rows, items } = await erp.run({ TableName: 'types' })
    assert.deepEqual(rows[0], {
      id: '9007199254740994',
      gencod_v: 'é€😀 ~;? 1',
      prix: '12345678901235.5600',
      actif: '0',
      ne_le: '0099-01-01',
      vu_le: '1699-12-31 23:59:59.123',
      tel__1: 'a;b',
      tel__2: null,
      tel__3: '?',
      tel__4: null,
      vide: '',
      rien: null
    })
    assert.deepEqual([start.kind, start.rows, start.is_complete], ['start', 0, false])
    assert.deepEqual([end.kind, end.rows, end.is_complete, end.mode], ['end', 2, true, 'full'])
    assert.deepEqual(end.key_columns, ['id'])
    assert.deepEqual(
      columnsOf(end).map((column) => [column.sqlName, column.sourceName, column.type, column.element]),
      [
        ['id', 'id', 'bigint', null],
        ['gencod_v', 'gencod-v', 'text', null],
        ['prix', 'prix', 'decimal', null],
        ['actif', 'actif', 'bit', null],
        ['ne_le', 'ne-le', 'date', null],
        ['vu_le', 'vu-le', 'timestamp', null],
        ['tel__1', 'tel', 'text', 1],
        ['tel__2', 'tel', 'text', 2],
        ['tel__3', 'tel', 'text', 3],
        ['tel__4', 'tel', 'text', 4],
        ['vide', 'vide', 'text', null],
        ['rien', 'rien', 'integer', null]
      ]
    )
    for (const { value } of items) assert.equal(value.source.row_version, start.run_version)
  })

  it('has a version in UTC and a window on the clock of the source, whatever zone that is in', async () => {
    await erp.table('zones', [id], { rows: 1 })
    const [own] = (await erp.client.query('SELECT current_database() AS name')).rows
    const setZone = (zone: string) => erp.client.query(`ALTER DATABASE "${own.name}" SET timezone = ${zone}`)
    for (const zone of ['Europe/Paris', 'America/New_York', 'Asia/Kathmandu']) {
      await setZone(`'${zone}'`)
      for (const env of [{}, { COURANT_PROGRESS_TIME_ZONE: zone }]) {
        const { end } = await erp.run({ TableName: 'zones' }, {}, erp.context(undefined, env))
        const local = new Date().toLocaleString('sv-SE', { timeZone: zone })
        assert.ok(Math.abs(end.run_version / 1000 - Date.now()) < 60_000, zone)
        assert.ok(
          Math.abs(Date.parse(`${end.window_to.slice(0, 19)}Z`) - Date.parse(`${local}Z`)) < 60_000,
          zone
        )
      }
    }
    await setZone('DEFAULT')
  })

  it('reads the same in pages and blocks of any size', async () => {
    await erp.table('pages', [id, text], { rows: 57 })
    const ids = Array.from({ length: 57 }, (_, n) => String(n + 1))
    for (const [limit, blockBytes] of [
      [1, '1'],
      [10, '1000'],
      [1000, '50000000']
    ] as const) {
      const reader = await erp.open(
        { TableName: 'pages' },
        {},
        erp.context(undefined, { COURANT_PROGRESS_BLOCK_BYTES: blockBytes })
      )
      const { rows, end } = await nextRun(reader, limit)
      await erp.close(reader)
      assert.deepEqual(
        rows.map((row) => row['id']),
        ids
      )
      assert.equal(end.rows, 57)
    }
  })

  it('keys by all columns of the key, letter case and trailing blanks aside, and keeps the original in the row', async () => {
    const columns = [
      { name: 'code', type: 'varchar(8)', value: `'Ab '` },
      { name: 'num', type: 'integer', value: 'g' }
    ]
    await erp.table('keys', columns, { key: ['code', 'num'], rows: 1 })
    const { items } = await erp.run({ TableName: 'keys', PrimaryKeyCols: 'code, num' })
    assert.equal(items[0]?.key, '["ab","1"]')
    assert.equal(items[0]?.value.after?.['code'], 'Ab ')
  })

  it('reads incrementally from the last success minus the lookback, rows without a date included', async () => {
    await erp.table('recent', [id, modified], { rows: 48 })
    await erp.client.query(`UPDATE erp_data.recent SET "date-modif" = NULL WHERE id = 1`)
    const config = {
      TableName: 'recent',
      HasTimestamps: 1,
      DateModifCol: 'date-modif',
      LookbackInterval: '2h'
    }
    const asked = { mode: 'incremental', lastSuccessAt: '2026-03-02 23:30:00.000' } as const
    const precise = await erp.run(config, asked)
    assert.deepEqual(
      precise.rows.map((row) => row['id']),
      ['1', '46', '47', '48']
    )
    assert.deepEqual([precise.end.mode, precise.end.is_complete], ['incremental', false])
    assert.equal(precise.end.window_from, '2026-03-02 21:30:00.000')
    const byDay = await erp.run({ ...config, DateModifPrecision: 'date' }, asked)
    assert.equal(byDay.rows.length, 26)
    assert.equal(byDay.end.window_from, '2026-03-02')
  })

  it('reads everything where there is no last success, or no time of modification', async () => {
    await erp.table('always', [id, modified], { rows: 3 })
    const dated = { TableName: 'always', HasTimestamps: 1, DateModifCol: 'date_modif' }
    const first = await erp.run(dated, { mode: 'incremental' })
    assert.deepEqual([first.end.mode, first.rows.length, first.end.is_complete], ['full', 3, true])
    const undated = await erp.run(
      { TableName: 'always' },
      { mode: 'incremental', lastSuccessAt: '2026-04-01 00:00:00' }
    )
    assert.deepEqual([undated.end.mode, undated.rows.length], ['full', 3])
  })

  it('leaves excluded columns out, selects expressions, and takes SQL names from the configuration', async () => {
    await erp.table('chosen', [id, text, { ...text, name: 'secret' }, { ...text, name: 'nom_v' }], {
      rows: 1
    })
    const column = { tableName: 'chosen', sourceExpression: null, isExcluded: false, notes: null }
    const { rows } = await erp.run(
      { TableName: 'chosen' },
      {
        columns: [
          { ...column, columnName: 'secret', sqlName: 'secret', isExcluded: true },
          { ...column, columnName: 'nom_v', sqlName: 'autre_nom', sourceExpression: `UPPER("nom_v")` }
        ]
      }
    )
    assert.deepEqual(rows, [{ id: '1', nom_v: 'nom 1', autre_nom: 'NOM 1' }])
  })

  it('watches: changes flow in runs of their own, a new column in a full one, unchanged rows and empty polls do not', async () => {
    await erp.table('watched', [id, modified], { rows: 5 })
    const reader = await erp.open(
      { TableName: 'watched', HasTimestamps: 1, DateModifCol: 'date-modif', LookbackInterval: '1d' },
      { mode: 'watch' }
    )
    const first = await nextRun(reader)
    assert.deepEqual([first.end.mode, first.rows.length], ['full', 5])
    await erp.client.query(`UPDATE erp_data.watched SET "date-modif" = localtimestamp WHERE id = 2`)
    const second = await nextRun(reader)
    assert.deepEqual([second.end.mode, second.rows.map((row) => row['id'])], ['watch', ['2']])
    await erp.client.query(`ALTER TABLE erp_data.watched ADD COLUMN "ajout-v" text`)
    await erp.view('watched', [id, modified, { name: 'ajout-v', type: 'varchar(9)', value: '' }])
    await erp.client.query(
      `UPDATE erp_data.watched SET "ajout-v" = 'neuf', "date-modif" = localtimestamp WHERE id = 3`
    )
    const changed = new Map<string | null | undefined, string | null | undefined>()
    let version = second.end.run_version
    const modes = new Set<string>()
    while (changed.get('3') !== 'neuf') {
      const { rows, end } = await nextRun(reader)
      assert.equal(end.rows, rows.length)
      assert.ok(end.run_version > version)
      version = end.run_version
      modes.add(end.mode)
      for (const row of rows) changed.set(row['id'], row['ajout_v'])
    }
    // Nobody dates the other rows for a column more: they are read once, all of them.
    assert.ok(modes.has('full') && changed.has('5'))
    await erp.client.query(
      `UPDATE erp_data.watched SET "ajout-v" = 'plus', "date-modif" = localtimestamp WHERE id = 4`
    )
    const after = await nextRun(reader)
    const ids = after.rows.map((row) => row['id'])
    assert.deepEqual([after.end.mode, ids.includes('4'), ids.includes('5')], ['watch', true, false])
  })

  it('says now and then that a watched table was looked at, though nothing changed', async () => {
    await erp.table('still', [id, modified], { rows: 5 })
    const config = { TableName: 'still', HasTimestamps: 1, DateModifCol: 'date-modif' }
    const asked = { mode: 'watch', lastSuccessAt: '2026-06-01 00:00:00' } as const
    const quiet = await erp.open(config, asked)
    await nextRun(quiet)
    const signal = AbortSignal.timeout(10_000)
    for (let n = 0; n < 6; n++)
      assert.deepEqual((await quiet.read({ limit: 100, lingerMs: 0, signal })).items, [])
    const talkative = await erp.open(
      config,
      asked,
      erp.context(undefined, { COURANT_PROGRESS_IDLE_RUN_MS: '0' })
    )
    const runs = [await nextRun(talkative), await nextRun(talkative)]
    assert.deepEqual(
      runs.map(({ end }) => [end.mode, end.rows]),
      [
        ['watch', 0],
        ['watch', 0]
      ]
    )
  })

  it('gives each run a higher version than the last, across restarts', async () => {
    await erp.table('versions', [id], { rows: 1 })
    const context = erp.context('versions')
    const versions: number[] = []
    for (let n = 0; n < 3; n++)
      versions.push((await erp.run({ TableName: 'versions' }, {}, context)).end.run_version)
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b)
    )
    assert.equal(new Set(versions).size, 3)
  })

  it('begins anew after being cut off anywhere, and the last run is whole', async () => {
    await erp.table('cut', [id], { rows: 20 })
    const context = erp.context('cut', { COURANT_PROGRESS_BLOCK_BYTES: '1' })
    let last = 0
    for (let reads = 1; reads <= 12; reads += 2) {
      const reader = await erp.open({ TableName: 'cut' }, {}, context)
      for (let n = 0; n < reads; n++)
        await reader.read({ limit: 2, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
      await erp.close(reader)
      const { start, end, rows } = await erp.run({ TableName: 'cut' }, {}, context)
      assert.equal(rows.length, 20)
      assert.equal(end.rows, 20)
      assert.equal(start.run_id, end.run_id)
      assert.ok(end.run_version > last)
      last = end.run_version
    }
  })
})
