import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { migrate } from '../../../sinks/ods/migrate.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import type { OdsDatabase } from '../../../sinks/ods/ods-database.ts'
import type { Statement } from '../../../sinks/ods/statement.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { sentStatements, type SentStatement } from '../../../sinks/ods/sent-statements.ts'
import { standingRuns } from '../../../sinks/ods/standing-runs.ts'
import { OdsWorld } from './ods-world.ts'
import { column, type SampleTable } from './sample-runs.ts'

const { PGUSER = '', PGPASSWORD = '', PGHOST = '', PGPORT = '' } = sharedStack('postgres')
const database = unique('ods')
const env = { COURANT_ODS_URL: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${database}` }
after(() => asAdmin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`))

const history: SampleTable = {
  columns: [column('code', 'text', { width: 20 }), column('libelle', 'text', { width: 60 })],
  key: ['code'],
  keepHistory: true
}
const run = {
  runId: 'r',
  version: 9_000_000_000_000_000,
  replacesBelow: 9_000_000_000_000_000,
  topic: 't',
  partition: 0
}

it('no statement of a small run reads a whole table of 200,000 versions', async (t) => {
  const ods = openOds(settingsFrom(env))
  t.after(() => ods.close())
  await migrate(ods)
  for (const keepHistory of [true, false]) {
    const w = new OdsWorld(t, { env, table: { ...history, keepHistory } })
    await w.load({ number: 1, rows: [{ code: 'k0', libelle: 'x' }] })
    const versions = keepHistory ? 20 : 1
    await ods.query('grow', {
      text: `INSERT INTO ods.${w.name} (row_key, hashdiff, hashdiff_rule, row_version, valid_from, valid_to, is_current, is_deleted, run_id, source_topic, source_partition, source_offset, loaded_at, code, libelle)
SELECT 'x' || k, '\\x00', 1, v, timestamp '2020-01-01' + v * interval '1 day', CASE WHEN v < ${versions} THEN timestamp '2020-01-01' + (v + 1) * interval '1 day' END, CASE WHEN v < ${versions} THEN 0 ELSE 1 END, 0, 'r', 't', 0, 0, now(), 'x' || k, 'text'
FROM generate_series(1, ${200_000 / versions}) AS k, generate_series(1, ${versions}) AS v`
    })
    await ods.query('gather statistics', { text: `ANALYZE ods.${w.name}` })
    const table = { ...history, name: w.name, keepHistory }
    const { dialect } = ods
    for (const statement of dialect.deduplicate(w.name)) await ods.query('deduplicate', statement)
    for (const statement of [...dialect.upsert(table, run), ...dialect.markDeleted(table, run, false)])
      assert.deepEqual(await scansOf(ods, statement, w.name), [])
  }
})

it('no statement of a load, and none that operators know, reads the whole log of 100,000 runs', async (t) => {
  const ods = openOds(settingsFrom(env))
  t.after(() => ods.close())
  await migrate(ods)
  const w = new OdsWorld(t, { env, table: history })
  await ods.query('grow', {
    text: `INSERT INTO etl.ETL_Runs (RunId, TableName, Mode, Status, StartedAt, FinishedAt)
SELECT 'r' || n, 'Table' || n % 100, 'incremental', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'succeeded' END, timestamp '2020-01-01' + n * interval '5 minutes', timestamp '2020-01-01' + n * interval '5 minutes' + interval '1 second'
FROM generate_series(1, 100000) AS n`
  })
  await ods.query('gather statistics', { text: 'ANALYZE etl.ETL_Runs' })
  const sent: Statement[] = []
  const collect = (message: unknown) => void sent.push((message as SentStatement).statement)
  sentStatements.subscribe(collect)
  await w.load({ number: 1, rows: [{ code: 'k0', libelle: 'x' }] })
  await standingRuns(ods, 'table7')
  sentStatements.unsubscribe(collect)
  const ofLog = sent.filter(({ text }) => /etl\.ETL_Runs/.test(text) && !text.startsWith('INSERT'))
  assert.ok(ofLog.length >= 4)
  const asked = [
    `SELECT * FROM etl.ETL_Log WHERE Status = 'failed' ORDER BY LogTs DESC FETCH NEXT 20 ROWS ONLY`,
    `SELECT * FROM etl.ETL_Log WHERE RunId = 'r77' ORDER BY LogTs`,
    `SELECT * FROM etl.vw_SLABreach WHERE SLAStatus <> 'OK'`
  ]
  for (const statement of [...ofLog, ...asked.map((text) => ({ text }))])
    assert.deepEqual(await scansOf(ods, statement, 'etl_runs'), [], statement.text)
})

/** Lines of a statement's plan in which a table is read from end to end. */
async function scansOf(ods: OdsDatabase, { text, values = {} }: Statement, name: string): Promise<string[]> {
  const plan = await ods.query('explain', { text: `EXPLAIN ${text}`, values })
  const lines = plan.map((row) => String(row['QUERY PLAN']))
  assert.ok(lines.length > 1)
  // Staging, which is called `s`, has only the rows of the run.
  return lines.filter((line) => line.includes(`Seq Scan on ${name} `) && !line.includes(`${name} s `))
}
