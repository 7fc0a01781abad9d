import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memoryWriter } from '../../../runtime/memory.ts'
import type { Failure, Spec, Writer } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { endsWithin } from '../../../runtime/loop/stopping.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { notes, numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

/** Runs a pipeline from the table until it is told to stop. */
async function started(table: Awaited<ReturnType<typeof numberedTable>>, to: Spec<Writer<RawChange>>) {
  const stop = new AbortController()
  const context = testContext(table.env)
  const deadLetters = await memoryWriter<Failure>('dead').open(context)
  const pipeline = { kind: 'producer', name: 'test', uses: {}, reads: [], writes: [] } as const
  const options = { signal: stop.signal, context, deadLetters, batchSize: 1, graceMs: 5_000 }
  return { running: run({ ...pipeline, from: table.spec, to }, options), stop }
}

test('a stop does not wait for a locked table, and nothing is lost or doubled', async () => {
  const table = await numberedTable(source, notes)
  await table.put(new Map([1, 2, 3].map((n) => [n, `text ${n}`])))
  const to = memoryWriter<RawChange>('out')
  const first = await started(table, to)
  await eventually(() => to.items.length > 0, { what: 'the first row' })
  const locker = await source.session()
  await locker.query(`BEGIN; LOCK TABLE "${table.name}" IN ACCESS EXCLUSIVE MODE`)
  await eventually(() => isWaiting(locker), { what: 'a read that waits for the lock' })
  first.stop.abort()
  assert.ok(await endsWithin(first.running, 10_000), 'the stop waits for the locked table')
  await first.running
  await locker.query('ROLLBACK')
  await table.put(new Map([[4, 'text 4']]))
  const second = await started(table, to)
  await eventually(() => to.items.length >= 4, { what: 'the other rows' })
  second.stop.abort()
  await second.running
  const ids = to.items.map(({ value }) => table.idOf(value))
  assert.deepEqual(
    ids.toSorted((one, other) => one - other),
    [1, 2, 3, 4]
  )
  await table.drop()
})

/** Whether some session of this database waits for a lock. */
async function isWaiting(client: Awaited<ReturnType<SourceDatabase['session']>>): Promise<boolean> {
  const query = `SELECT count(*) > 0 AS waits FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return (await client.query(query)).rows[0].waits
}
