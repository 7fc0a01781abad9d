import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import { EtlWorld } from '../../support/etl-world.ts'
import { withoutOdbc } from '../../support/odbc-erp.ts'

const id: ErpColumn = { name: 'id', type: 'integer', value: 'g' }
const name: ErpColumn = { name: 'nom-v', type: 'varchar(20)', value: `'nom ' || g` }

describe('what a load is given wrongly', { skip: withoutOdbc, timeout: 300_000 }, () => {
  let world: EtlWorld
  before(async () => {
    world = await EtlWorld.create()
  })
  after(() => world.drop())

  /** The load fails with a sentence that says all of this, the log has it, and the ODS is as it was. */
  async function refuses(
    table: string,
    wanted: { code: string; says: readonly RegExp[]; env?: Record<string, string>; rows?: number }
  ): Promise<void> {
    const { code, report, err } = await world.load(table, 'full', wanted.env)
    assert.equal(code, 1, err)
    assert.equal(report.error.code, wanted.code, report.error.message)
    for (const pattern of wanted.says) assert.match(report.error.message, pattern)
    const logged = await world.lastRun(table)
    assert.deepEqual([logged?.['status'], logged?.['errorcode']], ['failed', wanted.code])
    assert.equal(logged?.['errormessage'], report.error.message)
    assert.equal(await rowsIn(table), wanted.rows ?? null)
  }

  /** Rows of the table in the ODS; null when it does not exist. */
  async function rowsIn(table: string): Promise<number | null> {
    const [found] = await world.rows(`SELECT to_regclass('ods.${table}') AS found`)
    if (found?.['found'] === null) return null
    const [row] = await world.rows(`SELECT count(*) AS count FROM ods.${table} WHERE is_deleted = 0`)
    return Number(row?.['count'])
  }

  it('a table that is not configured: exit 2, and what to run', async () => {
    const { code, err } = await world.etl(['load', 'x', 'full'])
    assert.equal(code, 2)
    assert.match(err, /^courant: Table 'x' is not in config\.ETL_Tables .*run `courant etl sync`/)
    assert.equal((await world.lastRun('x'))?.['errorcode'], 'CONFIG_INVALID')
  })

  it('a wrong row of config.ETL_Tables: its table fails, in the log too, and the others are loaded', async () => {
    await world.table('petit', [id, name], { rows: 2 })
    await world.rows(`INSERT INTO config.ETL_Tables (TableName, DestinationTable, PrimaryKeyCols, LookbackInterval)
      VALUES ('stok', 'stok', 'id', '5 days')`)
    const { code, out } = await world.etl(['run', '--mode', 'full', '--filter', 'stok,petit'])
    assert.equal(code, 1)
    assert.match(
      out,
      /stok: full load failed[^]*LookbackInterval must be like 0d[^]*petit: full load of 2 rows/
    )
    assert.equal((await world.lastRun('stok'))?.['errorcode'], 'CONFIG_INVALID')
    assert.equal((await world.lastRun('petit'))?.['status'], 'succeeded')
    await world.rows(`DELETE FROM config.ETL_Tables WHERE TableName IN ('stok', 'petit')`)
  })

  it('a table that the source does not have', async () => {
    await world.configure({ TableName: 'nowhere', PrimaryKeyCols: 'id' })
    await refuses('nowhere', { code: 'SOURCE_REFUSED', says: [/no table 'nowhere'/, /config\.ETL_Tables/] })
  })

  it('a key column that is missing', async () => {
    await world.table('keyless', [id, name], { config: { PrimaryKeyCols: 'id,num' }, rows: 2 })
    await refuses('keyless', { code: 'CONFIG_INVALID', says: [/PrimaryKeyCols .* names num/] })
  })

  it('unknown and shared keys', async () => {
    await world.table('shared', [{ ...name, name: 'code' }], { key: [], config: { PrimaryKeyCols: 'code' } })
    await world.erp.client.query(`INSERT INTO erp_data.shared VALUES ('a'), ('A'), ('b'), (NULL)`)
    await refuses('shared', {
      code: 'KEY_INVALID',
      says: [/1 rows have an unknown/, /2 rows share|1 rows share/]
    })
  })

  it('a column that is gone since the last sync; after a sync the load goes on', async () => {
    await world.table('shrunk', [id, name], { rows: 3 })
    assert.equal((await world.etl(['sync'])).code, 1, 'the tables above cannot be synced')
    assert.equal((await world.load('shrunk')).code, 0)
    await world.erp.view('shrunk', [id])
    await refuses('shrunk', { code: 'SOURCE_REFUSED', says: [/no longer has "nom-v"/, /etl sync/], rows: 3 })
    await world.etl(['sync'])
    assert.equal((await world.load('shrunk')).code, 0)
  })

  it('a column of another type', async () => {
    await world.table('retyped', [id, { name: 'qte', type: 'integer', value: 'g' }], { rows: 3 })
    assert.equal((await world.load('retyped')).code, 0)
    await world.erp.client.query(`DROP VIEW "PUB".retyped; ALTER TABLE erp_data.retyped ALTER qte TYPE text`)
    await world.erp.view('retyped', [id, { name: 'qte', type: 'varchar(9)', value: '' }])
    await refuses('retyped', { code: 'SOURCE_REFUSED', says: [/"qte" was integer and is text/], rows: 3 })
  })

  it('a value wider than its column, in the middle of a table that is loaded already', async () => {
    await world.table('wide', [id, name], { rows: 2000 })
    assert.equal((await world.load('wide')).code, 0)
    await world.erp.client.query(`UPDATE erp_data.wide SET "nom-v" = repeat('X', 21) WHERE id > 1700`)
    await refuses('wide', { code: 'WIDTH_EXCEEDED', says: [/nom-v of PUB\.wide/, /dbtool/], rows: 2000 })
    await world.etl(['sync'])
    const { out, code } = await world.etl(['preflight', 'wide', '--output', 'json'])
    assert.equal(code, 1)
    assert.match(out, /nom-v \(more characters where 20 are declared\)/)
  })

  it('a source that does not answer, and one that refuses the login', async () => {
    await world.table('fine', [id, name], { rows: 3 })
    const { connectionString } = world.erp
    const changed = (from: RegExp, to: string) => ({
      COURANT_PROGRESS_ODBC: connectionString.replace(from, to)
    })
    await refuses('fine', {
      code: 'SOURCE_UNAVAILABLE',
      says: [/does not answer/],
      env: changed(/Port=\d+/, 'Port=1')
    })
    await refuses('fine', {
      code: 'SOURCE_REFUSED',
      says: [/COURANT_PROGRESS_ODBC/],
      env: changed(/Database=[^;]*/, 'Database=none')
    })
  })

  it('an ODS that refuses the login or does not answer: a sentence, exit 1', async () => {
    const url = world.env['COURANT_ODS_URL'] ?? ''
    const refused = await world.etl(['load', 'fine', 'full'], {
      COURANT_ODS_URL: url.replace(/:\d+\//, ':1/')
    })
    assert.equal(refused.code, 1)
    assert.match(refused.err, /The ODS does not answer .*\(TARGET_UNAVAILABLE\)/)
    const login = await world.etl(['load', 'fine', 'full'], {
      COURANT_ODS_URL: url.replace(/:[^:@]+@/, ':wrong@')
    })
    assert.equal(login.code, 1)
    assert.match(login.err, /correct user and password in COURANT_ODS_URL \(TARGET_REFUSED\)/)
  })

  it('a disc that is full: nothing is merged, and once there is room the next load works', async (t) => {
    const cache = join(world.folder, 'small')
    mkdirSync(cache)
    const smallDisc = ['-rm', 'sh', '-c', `mount -t tmpfs -o size=200k tmpfs ${cache} && exec "$@"`, 'sh']
    if (spawnSync('unshare', [...smallDisc, 'true']).status !== 0) {
      t.skip('this machine does not let us mount a small disc (unshare)')
      return
    }
    const wide = Array.from(
      { length: 40 },
      (_, n): ErpColumn => ({
        name: `t-${n}`,
        type: 'varchar(40)',
        value: `md5((g * ${n + 1})::text)`
      })
    )
    await world.table('large', [id, ...wide], { rows: 3000 })
    const ended = spawnSync(
      'unshare',
      [...smallDisc, join(import.meta.dirname, '../../../cli/main.ts'), 'etl', 'load', 'large', 'full'],
      { env: { PATH: process.env['PATH'], ...world.env, COURANT_ODS_CACHE_DIR: cache }, encoding: 'utf8' }
    )
    assert.equal(ended.status, 1, ended.stderr)
    assert.match(ended.stderr, /TARGET_FULL/)
    assert.equal((await world.lastRun('large'))?.['errorcode'], 'TARGET_FULL')
    assert.equal(await rowsIn('large'), null)
    assert.equal((await world.load('large')).code, 0)
    assert.equal(await rowsIn('large'), 3000)
  })

  it('what stands in the topic of a table is shown, and passed where nothing else helps', async () => {
    await world.table('stand', [id, name], { rows: 3 })
    assert.equal((await world.load('stand')).code, 0)
    await world.rows(`UPDATE etl.Offsets SET NextOffset = 1000 WHERE ConsumerGroup = 'ods.stand'`)
    await world.rows(`INSERT INTO etl.ETL_Runs (RunId, TableName, Mode, Status, StartedAt)
      VALUES ('lost', 'stand', 'full', 'running', now() AT TIME ZONE 'UTC')`)
    const shown = await world.etl(['runs', 'stand'])
    assert.match(shown.out, /lost +full +running/)
    assert.match(shown.out, /goes on at offset 1000, which the topic does not have any more .*etl skip/)
    const lost = await world.load('stand')
    assert.equal(lost.code, 1)
    assert.match(lost.err, /OFFSET_LOST/)
    assert.match((await world.etl(['skip', 'stand', '--dry-run'])).out, /would be passed/)
    assert.match((await world.etl(['skip', 'stand'])).out, /were passed; load it/)
    assert.equal((await world.load('stand')).code, 0)
    assert.match((await world.etl(['runs', 'stand'])).out, /The last run of stand succeeded/)
  })

  it('settings that are missing or wrong: exit 2, all of them at once', async () => {
    const { code, err } = await world.etl(['load', 'fine', 'full'], {
      COURANT_PROGRESS_ODBC: '',
      COURANT_ODS_URL: 'oracle://x'
    })
    assert.equal(code, 2)
    assert.match(err, /COURANT_ODS_URL must be like[^]*COURANT_PROGRESS_ODBC is not set/)
  })
})
