import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { EtlWorld } from '../../support/etl-world.ts'
import { eventually } from '../../support/eventually.ts'
import { withoutOdbc } from '../../support/odbc-erp.ts'

const id: ErpColumn = { name: 'id', type: 'integer', value: 'g' }
const modified: ErpColumn = { name: 'modif', type: 'timestamp', value: 'localtimestamp' }
const config = { HasTimestamps: 1, DateModifCol: 'modif', DateModifPrecision: 'datetime' }

describe('courant etl run --mode watch', { skip: withoutOdbc, timeout: 180_000 }, () => {
  let world: EtlWorld
  let watch: CourantProcess
  before(async () => {
    world = await EtlWorld.create()
    await world.table('stock', [id, modified], { rows: 20, config })
    await world.table('tarif', [id, modified], { rows: 5, config })
    const n: ErpColumn = { name: 'n', type: 'numeric', value: 'g' }
    await world.table('cours', [id, n, modified], { rows: 3, config: { ...config, LookbackInterval: '1d' } })
    watch = new CourantProcess('watch', {
      args: ['etl', 'run', '--mode', 'watch'],
      env: { ...world.env, COURANT_PROGRESS_POLL_MS: '300', COURANT_OPERATOR_PORT: '0' },
      logFile: join(world.folder, 'watch.log')
    })
    watch.start()
  })
  after(async () => {
    await watch.end('SIGKILL')
    await world.drop()
  })

  const query = (text: string) => world.rows(text).catch(() => [])
  const until = (what: string, probe: () => Promise<boolean>) =>
    eventually(
      async () => {
        assert.ok(watch.isRunning, watch.output())
        return probe()
      },
      { what, timeoutMs: 60_000 }
    )

  it('begins with all rows of each table', async () => {
    for (const [table, rows] of [
      ['stock', 20],
      ['tarif', 5],
      ['cours', 3]
    ] as const)
      await until(
        `${rows} rows of ${table}`,
        async () => (await query(`SELECT 1 FROM ods.${table}`)).length === rows
      )
  })

  it('takes over new rows, and a new column without a restart', async () => {
    await world.erp.client.query('INSERT INTO erp_data.stock VALUES (21, localtimestamp)')
    await until(
      'the new row',
      async () => (await query('SELECT 1 FROM ods.stock WHERE id = 21')).length === 1
    )
    const lieu: ErpColumn = { name: 'lieu-v', type: 'varchar(20)', value: '' }
    await world.erp.client.query('ALTER TABLE erp_data.stock ADD "lieu-v" text')
    await world.erp.view('stock', [id, modified, lieu])
    await world.erp.client.query(
      `UPDATE erp_data.stock SET "lieu-v" = 'quai n° 3', modif = localtimestamp WHERE id = 3`
    )
    await until(
      'the new column',
      async () => (await query(`SELECT 1 FROM ods.stock WHERE lieu_v = 'quai n° 3'`)).length === 1
    )
  })

  it('loses no row beside a value that does not fit: they come once it does, and the log says failed until then', async () => {
    const set = (values: Record<string, string>) =>
      world.erp.client.query(
        Object.entries(values)
          .map(([key, n]) => `UPDATE erp_data.cours SET n = ${n}, modif = localtimestamp WHERE id = ${key}`)
          .join(';')
      )
    const isLogged = async (status: string) => (await world.lastRun('cours'))?.['status'] === status
    await set({ 1: '5', 2: '0.123456789012' })
    await until('a run that fails', () => isLogged('failed'))
    assert.equal((await world.lastRun('cours'))?.['errorcode'], 'VALUE_UNFIT')
    await set({ 2: '7' })
    await until('a run that succeeds', () => isLogged('succeeded'))
    const rows = await query('SELECT id, n::float AS n FROM ods.cours ORDER BY id')
    assert.deepEqual(
      rows.map((row) => row['n']),
      [5, 7, 3]
    )
  })

  it('keeps other loads of its tables off', async () => {
    const { code, report } = await world.load('stock')
    assert.equal(code, 1)
    assert.match(report.error.message, /being loaded by another process/)
  })

  it('stops in order when it is told to', async () => {
    assert.equal(await watch.end('SIGTERM'), 0, watch.output())
  })
})
