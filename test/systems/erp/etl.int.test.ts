import assert from 'node:assert/strict'
import { readFileSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import { EtlWorld } from '../../support/etl-world.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'
import { withoutOdbc } from '../../support/odbc-erp.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { unique } from '../../support/unique.ts'
import { runCourant } from '../../support/run-courant.ts'

const columns: readonly ErpColumn[] = [
  { name: 'id', type: 'integer', value: 'g' },
  { name: 'nom-v', type: 'varchar(20)', value: `'été ' || g` },
  { name: 'px', type: 'numeric(9,2)', value: 'g / 4.0' },
  { name: 'date-modif', type: 'timestamp', value: `timestamp '2026-01-05 08:00'` }
]
const config = {
  HasTimestamps: 1,
  DateModifCol: 'date-modif',
  DateModifPrecision: 'datetime',
  KeepHistory: 1
}

const reader = unique('reader').replaceAll('-', '_')

describe('courant etl', { skip: withoutOdbc, timeout: 300_000 }, () => {
  let world: EtlWorld
  before(async () => {
    world = await EtlWorld.create()
    await world.table('article', columns, {
      rows: 500,
      config: { ...config, Priority: 'critical', SLA: '60' }
    })
    await world.table('vendeur', columns, { rows: 40, config: { HasTimestamps: 0 } })
  })
  after(async () => {
    await world.drop()
    await asAdmin(`DROP ROLE IF EXISTS ${reader}`)
  })

  const json = async (...args: string[]) => {
    const { code, out, err } = await world.etl([...args, '--output', 'json'])
    return { code, err, answer: out === '' ? null : JSON.parse(out) }
  }

  it('syncs the columns and says what is new; a dry run changes nothing', async () => {
    const dry = await json('sync', '--dry-run')
    assert.deepEqual(
      dry.answer.map((row: { added: string[] }) => row.added.length),
      [4, 4]
    )
    assert.deepEqual(await world.rows('SELECT * FROM config.ETL_Columns'), [])
    assert.equal((await json('sync')).code, 0)
    const again = await json('sync')
    assert.deepEqual(
      again.answer.map((row: { added: string[] }) => row.added.length),
      [0, 0]
    )
    const [gencod] = await world.rows(
      `SELECT SqlName FROM config.ETL_Columns WHERE ColumnName = 'nom-v' LIMIT 1`
    )
    assert.equal(gencod?.['sqlname'], 'nom_v')
  })

  it('says what taking the database over would move: nothing of what is its own', async () => {
    const { code, answer } = await json('adopt')
    assert.deepEqual([code, answer.applied, answer.renamed], [0, false, []])
    const undone = await world.etl(['adopt', '--undo'])
    assert.deepEqual([undone.code, /no way back/.test(undone.err)], [2, true])
  })

  it('looks before it loads, and says that all is ready', async () => {
    const { code, answer } = await json('preflight')
    assert.equal(code, 0)
    assert.match(
      answer.find((row: { check: string }) => row.check === 'article').finding,
      /^500 rows, 4 columns/
    )
  })

  it('says what a load would read, then loads, by priority', async () => {
    const plan = await json('load', 'article', 'full', '--dry-run')
    assert.deepEqual([plan.answer.mode, plan.answer.rows, plan.answer.columns], ['full', 500, 4])
    const order = await json('run', '--dry-run')
    assert.deepEqual(
      order.answer.map((row: { table: string }) => row.table),
      ['article', 'vendeur']
    )
    const { code, answer } = await json('run', '--mode', 'full')
    assert.equal(code, 0)
    assert.deepEqual(
      answer.map((row: Record<string, unknown>) => [row['table'], row['status'], row['rowsInserted']]),
      [
        ['article', 'succeeded', 500],
        ['vendeur', 'succeeded', 40]
      ]
    )
    assert.equal(Number((await world.lastRun('article'))?.['rowsinserted']), 500)
  })

  it('is listed, measured, checked and given rights as every system is', async () => {
    const courant = async (...args: string[]) => (await runCourant(args, { env: world.env })).out
    const listed = JSON.parse(await courant('list', '--json')) as Record<string, string>[]
    assert.deepEqual(
      listed.filter(({ system }) => system === 'erp').map(({ name }) => name),
      ['progress.article', 'ods.article', 'progress.vendeur', 'ods.vendeur']
    )
    const lag = JSON.parse(await courant('lag', 'ods.*', '--json')) as Record<string, unknown>[]
    assert.deepEqual(
      lag.map(({ pipeline, topic, records }) => [pipeline, topic, records]),
      [
        ['ods.article', 'erp.article.changes', 0],
        ['ods.vendeur', 'erp.vendeur.changes', 0]
      ]
    )
    assert.doesNotMatch(await courant('check', '*.article'), /article:/)
    assert.match(
      await courant('topics', 'acls'),
      /'User:ods\.article' --operation Read --topic '[^']*erp\.article\.changes'/
    )
    assert.match(await courant('topics', 'describe', 'erp.article.changes'), /article of the ERP/)
  })

  it('is checked: what would be refused is said, and an ODS that does not answer is unknown', async () => {
    const { PGHOST, PGPORT } = world.env
    const away = { ...world.env, COURANT_ODS_URL: 'postgres://nobody@127.0.0.1:1/ods' }
    const unknown = await runCourant(['check', 'ods.*'], { env: away })
    assert.match(unknown.err + unknown.out, /erp: its pipelines are unknown\. .*ODS/)
    const url = new URL(world.env['COURANT_ODS_URL'] ?? '')
    await world.rows(`CREATE ROLE ${reader} LOGIN PASSWORD 'reader'`)
    await world.rows(`GRANT USAGE ON SCHEMA config, etl TO ${reader}`)
    await world.rows(`GRANT SELECT ON ALL TABLES IN SCHEMA config, etl TO ${reader}`)
    const asReader = `postgres://${reader}:reader@${PGHOST}:${PGPORT}${url.pathname}`
    const { code, out } = await runCourant(['check', 'ods.article'], {
      env: { ...world.env, COURANT_ODS_URL: asReader }
    })
    assert.equal(code, 1)
    assert.match(out, /^ods\.article: The ODS refuses to make a table in schema stg/m)
  })

  it('loads what changed, and only that', async () => {
    await world.erp.client.query(
      `UPDATE erp_data.article SET px = px + 1, "date-modif" = localtimestamp WHERE id <= 7`
    )
    const { answer } = await json('load', 'article', 'incremental')
    assert.deepEqual([answer.mode, answer.rowsRead, answer.rowsUpdated], ['incremental', 7, 7])
    assert.equal((await world.rows('SELECT 1 FROM ods.article WHERE is_current = 0')).length, 7)
  })

  it('compares source and ODS, and writes the report', async () => {
    const equal = await json('validate', '--filter', 'all')
    assert.equal(equal.code, 0, equal.err)
    await world.erp.client.query(
      `UPDATE erp_data.article SET px = 0 WHERE id = 3; DELETE FROM erp_data.article WHERE id = 9`
    )
    const { code, answer } = await json('validate', '--filter', 'article')
    assert.equal(code, 1)
    const { differences } = answer.tables[0]
    assert.deepEqual([differences.missing, differences.surplus, differences.different], [0, 1, 1])
    assert.deepEqual(differences.examples, [
      { key: '9', what: 'surplus' },
      { key: '3', what: 'different' }
    ])
    assert.match(readFileSync(answer.files[0], 'utf8'), /1 of 1 tables differ/)
    assert.equal((await json('load', 'article', 'full')).answer.rowsDeleted, 1)
  })

  it('profiles a table as HTML and JSON', async () => {
    const { code, answer } = await json('profile', 'article')
    assert.equal(code, 0)
    const [html, data] = answer.files.map((file: string) => readFileSync(file, 'utf8'))
    assert.match(html, /<th scope="row">nom_v<\/th><td>nom-v<\/td>/)
    const px = JSON.parse(data).columns.find((column: { name: string }) => column.name === 'px')
    assert.deepEqual([px.rows, px.nulls, px.min, px.max], [499, 0, '0.00', '125.00'])
  })

  it('loads a table again from the cache, without the source', async () => {
    const last = String((await world.lastRun('vendeur'))?.['runid'])
    await world.rows('DROP TABLE ods.vendeur')
    const without = { COURANT_PROGRESS_ODBC: '', COURANT_KAFKA_BROKERS: '127.0.0.1:1' }
    const { code, out, err } = await world.etl(['load', 'vendeur', '--from-cache', last], without)
    assert.equal(code, 0, err)
    assert.match(out, /40 new/)
    const unknown = await world.etl(['load', 'vendeur', '--from-cache', 'x'], without)
    assert.equal(unknown.code, 2)
    assert.ok(unknown.err.includes(last), unknown.err)
  })

  it('cleans the cache of old runs, after it has listed them', async () => {
    const folder = join(world.folder, 'cache', 'article')
    const [oldest = ''] = readdirSync(folder).sort()
    const longAgo = new Date(Date.now() - 9 * 86_400_000)
    for (const path of [
      join(folder, oldest),
      ...readdirSync(join(folder, oldest)).map((file) => join(folder, oldest, file))
    ])
      utimesSync(path, longAgo, longAgo)
    const count = readdirSync(folder).length
    assert.deepEqual(
      (await json('cache', 'clean', '--days', '7', '--dry-run')).answer.map(
        (row: { run: string }) => row.run
      ),
      [oldest]
    )
    assert.equal(readdirSync(folder).length, count)
    await json('cache', 'clean', '--days', '7')
    assert.equal(readdirSync(folder).length, count - 1)
  })

  it('tells Teams of each condition once, and of the day when all is well', async (t) => {
    const receiver = await HttpReceiver.start()
    t.after(() => receiver.close())
    const look = () => world.etl(['health'], { COURANT_ALERTS_TEAMS_URL: receiver.url })
    assert.equal((await look()).code, 0)
    await look()
    assert.equal(receiver.received.length, 1)
    await world.rows(
      `UPDATE etl.Loaded SET UpdatedAt = UpdatedAt - INTERVAL '2 hours' WHERE TableKey = 'article'`
    )
    assert.equal((await look()).code, 1)
    await look()
    assert.equal(receiver.received.length, 2)
    assert.match(JSON.stringify(receiver.received[1]), /article is later than its SLA allows/)
  })

  it('stops at a failed critical table, unless told to go on', async () => {
    await world.erp.view('article', columns.slice(0, 3))
    const stopped = await json('run', '--mode', 'full')
    assert.equal(stopped.code, 1)
    assert.deepEqual(
      stopped.answer.map((row: { status: string }) => row.status),
      ['failed', 'skipped']
    )
    const { code, answer } = await json('run', '--mode', 'full', '--continue-on-error')
    assert.equal(code, 1)
    assert.deepEqual(
      answer.map((row: { status: string }) => row.status),
      ['failed', 'succeeded']
    )
  })

  it('lists its verbs, and refuses a mode that it does not have', async () => {
    const { out } = await world.etl(['--help'])
    for (const verb of [
      'sync',
      'load',
      'run',
      'preflight',
      'validate',
      'profile',
      'health',
      'cache',
      'migrate',
      'sample'
    ])
      assert.match(out, new RegExp(`^ {2}${verb}\\b`, 'm'))
    assert.equal((await world.etl(['load', 'article', 'some'])).code, 2)
  })
})
