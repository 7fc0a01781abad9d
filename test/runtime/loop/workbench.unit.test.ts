import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryWriter } from '../../../runtime/memory.ts'
import type { AnyPipeline, Failure } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { tables } from '../../../schemas/tables.ts'
import { drawnFrom } from '../../../topics/log/bench-reader.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import type { Connection } from '../../../topics/connection.ts'
import { userChange } from '../../support/changes.ts'
import type { TestContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { memoryTopics } from '../../support/memory-topics.ts'

const users = topicsOf(tables.users).clean
const group = 'bench'
const from = drawnFrom([{ topic: users }], { agesInMs: 60_000 }).reader(group)

async function topicOf(count: number): Promise<{ context: TestContext; connection: Connection }> {
  const made = await memoryTopics()
  const writer = await users.writer().open(made.context)
  const signal = AbortSignal.timeout(30_000)
  await writer.write(
    Array.from({ length: count }, (_, n) => userChange(n)),
    { signal }
  )
  return made
}

async function committed({ kafka }: Connection): Promise<{ offset: number; partition: number }[]> {
  const admin = await kafka.admin()
  const offsets = await admin.committed(group, [users.name])
  await admin.close()
  return [...offsets]
}

/** A bench whose items are worked at as the test says, by their key. */
function bench(work: (key: string) => Promise<void>, places = 3) {
  const to = memoryWriter<unknown>('out')
  const letters = memoryWriter<Failure>('dead')
  const pipeline: AnyPipeline = {
    kind: 'processor',
    name: 'bench',
    from,
    uses: {},
    places,
    async step(value, { item }) {
      await work(item.key)
      return value
    },
    to,
    reads: [users.name],
    writes: []
  }
  const start = async (context: TestContext, signal: AbortSignal) =>
    run(pipeline, { context, signal, deadLetters: await letters.open(context), graceMs: 5_000 })
  return { to, letters, start }
}

test('one item that takes long keeps no other from its end, and the position stays before it', async () => {
  const { context, connection } = await topicOf(12)
  const slow = Promise.withResolvers<void>()
  const first = userChange(0).key
  const { to, start } = bench((key) => (key === first ? slow.promise : turn()))
  const stop = new AbortController()
  const running = start(context, stop.signal)
  await eventually(() => to.items.length === 11, { timeoutMs: 10_000, what: 'all others are written' })
  const { partition, offset } = (await placeOfFirst(connection, first))!
  assert.ok((await committed(connection)).every((at) => at.partition !== partition || at.offset <= offset))
  slow.resolve()
  await eventually(() => to.items.length === 12, { timeoutMs: 10_000, what: 'the slow one, too' })
  stop.abort()
  await running
  const total = (await committed(connection)).reduce((sum, at) => sum + at.offset, 0)
  assert.equal(total, 12)
  assert.equal(context.counted.get('items_written_total'), 12)
})

test('never more are worked at than there are places', async () => {
  const { context } = await topicOf(20)
  let atWork = 0
  let most = 0
  const { to, start } = bench(async () => {
    most = Math.max(most, ++atWork)
    await turn()
    atWork--
  }, 4)
  const stop = new AbortController()
  const running = start(context, stop.signal)
  await eventually(() => to.items.length === 20, { timeoutMs: 10_000, what: 'all are written' })
  stop.abort()
  await running
  assert.ok(most <= 4, `${most} at once`)
  assert.ok(most > 1, 'and more than one')
})

test('an item that cannot be worked at is a dead letter, and is passed', async () => {
  const { context, connection } = await topicOf(6)
  const bad = userChange(3).key
  const { to, letters, start } = bench(async (key) => {
    if (key === bad) throw new CourantError('RECORD_INVALID', 'not this one')
  })
  const stop = new AbortController()
  const running = start(context, stop.signal)
  await eventually(() => to.items.length + letters.items.length === 6, {
    timeoutMs: 10_000,
    what: 'all ended'
  })
  stop.abort()
  await running
  assert.deepEqual(
    letters.items.map(({ key }) => key),
    [bad]
  )
  assert.equal(
    (await committed(connection)).reduce((sum, at) => sum + at.offset, 0),
    6
  )
})

test('killed anywhere, whatever ends first, it loses nothing and commits nothing that is unfinished', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ after: fc.nat(6), slow: fc.array(fc.nat(9), { maxLength: 3 }) }), {
        maxLength: 4
      }),
      async (lives) => {
        const { context, connection } = await topicOf(10)
        const ended = new Set<string>()
        const keys = Array.from({ length: 10 }, (_, n) => userChange(n).key)
        for (const { after, slow } of [...lives, { after: Number.POSITIVE_INFINITY, slow: [] }]) {
          const blocked = new Set(slow.map((n) => keys[n]))
          let worked = 0
          const { to, start } = bench(async (key) => {
            // A failure that nobody classified ends the pipeline, uncommitted, wherever it was.
            if (worked++ >= after) throw new Error('killed')
            if (blocked.has(key)) await turn()
          })
          const stop = new AbortController()
          const running = start(context, stop.signal).catch(() => undefined)
          const isDone = () =>
            keys.every((key) => ended.has(key) || to.items.some((item) => item.key === key))
          await Promise.race([running, until(isDone)])
          stop.abort()
          await running
          for (const { key } of to.items) ended.add(key)
          await assertNothingPassed(connection, ended)
        }
        assert.deepEqual([...ended].toSorted(), keys.toSorted())
      }
    ),
    { numRuns: 20 }
  )
})

async function until(isDone: () => boolean): Promise<void> {
  await eventually(isDone, { timeoutMs: 10_000, what: 'everything ended' })
}

async function* recordsWithKeys({
  kafka
}: Connection): AsyncGenerator<{ key: string; partition: number; offset: number }> {
  const admin = await kafka.admin()
  const partitions = await admin.offsets(users.name)
  await admin.close()
  for (const { partition } of partitions)
    for await (const record of kafka.read(
      { topic: users.name, partition, offset: 0 },
      { signal: AbortSignal.timeout(10_000) }
    ))
      yield { key: String(record.key), partition, offset: record.offset }
}

async function placeOfFirst(connection: Connection, key: string) {
  for await (const record of recordsWithKeys(connection)) if (record.key === key) return record
  return undefined
}

async function assertNothingPassed(connection: Connection, ended: ReadonlySet<string>): Promise<void> {
  const positions = await committed(connection)
  for await (const { key, partition, offset } of recordsWithKeys(connection)) {
    const at = positions.find((one) => one.partition === partition)
    if (at && offset < at.offset) assert.ok(ended.has(key), `${key} was passed unfinished`)
  }
}
