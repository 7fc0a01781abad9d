import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { CourantError } from '../../runtime/errors.ts'
import type { Item, LogItem, Reader, StoredOffsets } from '../../runtime/pipeline.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import type { Connection } from '../../topics/connection.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import type { Change } from '../../schemas/change.ts'
import { tables } from '../../schemas/tables.ts'
import type { User } from '../../schemas/types/activity.ts'
import { userChange } from '../support/changes.ts'
import { testContext, type TestContext } from '../support/context.ts'
import { eventually } from '../support/eventually.ts'
import { unique } from '../support/unique.ts'

export interface ChannelCase {
  /** A context whose settings lead to an empty installation of its own. */
  readonly context: TestContext
  readonly connection: Connection
  stop(): Promise<void>
}

type UserReader = Reader<Change<User>, LogItem<Change<User>>>

/** What every channel promises. Run it from a test file of each kind of connection. */
export function channelContract(name: string, start: () => Promise<ChannelCase>): void {
  describe(`${name} keeps the channel contract`, () => {
    const topic = topicsOf(tables.users).clean
    const signal = AbortSignal.timeout(120_000)
    let context: TestContext
    let connection: Connection
    let stop = async () => {}

    before(async () => {
      const made = await start()
      context = made.context
      connection = made.connection
      stop = () => made.stop()
    })
    after(() => stop())

    // Each case has its topic to itself: the catalogue's, made anew.
    const fresh = async () => {
      const admin = await connection.kafka.admin()
      if ((await admin.topics()).some(({ name }) => name === topic.name)) {
        await admin.deleteTopics([topic.name])
        await eventually(async () => !(await admin.topics()).some(({ name }) => name === topic.name))
      }
      await eventually(async () => {
        await applyPlan(
          await planTopics([{ ...topic, partitions: 2 }], connection, context.settings),
          connection
        )
        return (await admin.partitionCount(topic.name)) === 2
      })
      await admin.close()
    }
    const write = async (items: readonly Item<Change<User>>[]) => {
      const writer = await topic.writer().open(context)
      await writer.write(items, { signal })
      await writer.close()
    }
    const opened = async (group: string, options: { repeatWindow?: number; stored?: StoredOffsets } = {}) => {
      const reader = await topic.reader(group, options).open(context)
      if (options.stored) reader.resumeFrom?.(options.stored)
      return reader
    }
    /** Reads and commits until that many items and failures have come. */
    const take = async (reader: UserReader, count: number) => {
      const items: LogItem<Change<User>>[] = []
      const failures = []
      while (items.length + failures.length < count) {
        const batch = await reader.read({ limit: 100, lingerMs: 20, signal })
        items.push(...batch.items)
        failures.push(...(batch.failures ?? []))
        await reader.commit(batch)
      }
      return { items, failures }
    }
    /** Reads on until nothing is left, which must give nothing more. */
    const nothingMore = async (reader: UserReader) => {
      for (;;) {
        const batch = await reader.read({ limit: 100, lingerMs: 0, signal })
        assert.deepEqual([batch.items.length, batch.failures?.length], [0, 0])
        await reader.commit(batch)
        if (batch.caughtUp) return
      }
    }
    const committed = async (group: string) => {
      const admin = await connection.kafka.admin()
      const offsets = await admin.committed(group, [topic.name])
      const ends = await admin.offsets(topic.name)
      await admin.close()
      return {
        next: offsets.reduce((sum, at) => sum + at.offset, 0),
        end: ends.reduce((sum, at) => sum + at.high, 0)
      }
    }

    it('gives back what was written, in order within a key, with the same id, key and time', async () => {
      await fresh()
      const written = [1, 2, 3].flatMap((n) => [userChange(n), userChange(n, { op: 'u', version: 2 })])
      await write(written)
      const reader = await opened(unique('same'))
      const { items } = await take(reader, written.length)
      await reader.close()
      for (const n of [1, 2, 3]) {
        const { key } = userChange(n)
        // Absent and null are the same of this field.
        const strip = ({ id, value, at }: Item<Change<User>>) => ({
          id,
          value: { withdrawn: null, ...value },
          at
        })
        const ofKey = (all: readonly Item<Change<User>>[]) =>
          all.filter((item) => item.key === key).map(strip)
        assert.deepEqual(ofKey(items), ofKey(written))
      }
      assert.ok(items.every((item) => item.topic === topic.name && item.raw !== undefined))
    })

    it('starts again after what was committed, and repeats what was not', async () => {
      await fresh()
      const group = unique('again')
      await write([userChange(1)])
      const first = await opened(group)
      await take(first, 1)
      await write([userChange(2)])
      const uncommitted = await first.read({ limit: 10, lingerMs: 0, signal })
      await first.close()
      assert.ok(uncommitted.items.length <= 1)
      const second = await opened(group)
      const { items } = await take(second, 1)
      assert.deepEqual(
        items.map((item) => item.key),
        [userChange(2).key]
      )
      await nothingMore(second)
      await second.close()
    })

    it('writes a delete as an envelope and a tombstone, reads it once, and commits past both', async () => {
      await fresh()
      const group = unique('delete')
      await write([userChange(1), userChange(1, { op: 'd', version: 2 })])
      const reader = await opened(group)
      const { items } = await take(reader, 2)
      assert.deepEqual(
        items.map((item) => [item.value.op, item.value.before]),
        [
          ['c', null],
          ['d', { id: userChange(1).key }]
        ]
      )
      await nothingMore(reader)
      await eventually(
        async () => assert.deepEqual(await committed(group), { next: 3, end: 3 }) === undefined
      )
      await reader.close()
    })

    it('sets aside what it cannot decode, byte for byte, and goes on', async () => {
      await fresh()
      const producer = await connection.producer()
      const junk = Buffer.from('not avro')
      const unknownId = Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2])
      for (const value of [junk, unknownId])
        await producer.send([{ topic: topic.name, partition: 0, key: 'k', value }], { signal })
      await write([userChange(1)])
      const reader = await opened(unique('junk'))
      const { items, failures } = await take(reader, 3)
      await reader.close()
      assert.deepEqual(
        failures.map(({ error, stage }) => [error.code, stage]),
        [
          ['RECORD_INVALID', 'read'],
          ['SCHEMA_UNKNOWN', 'read']
        ]
      )
      assert.deepEqual((failures[0]?.item.raw as { value: Buffer } | undefined)?.value, junk)
      assert.equal(items.length, 1)
    })

    it('refuses a value that is not of its schema, naming item and field and never the value', async () => {
      await fresh()
      const good = userChange(1)
      const bad = userChange(2)
      const spoilt = { ...bad, value: { ...bad.value, after: { ...bad.value.after, email: 42 } } }
      await assert.rejects(write([good, spoilt as unknown as typeof bad]), (error: CourantError) => {
        assert.deepEqual(
          [error.code, error.details['itemId'], error.details['field']],
          ['RECORD_INVALID', bad.id, 'after.email']
        )
        assert.doesNotMatch(error.message, /42/)
        return true
      })
      assert.equal((await committed(unique('none'))).end, 0)
    })

    it('drops repeats within the window, also those on both sides of a restart', async () => {
      await fresh()
      const group = unique('repeats')
      const items = [1, 2, 3, 4].map((n) => userChange(n))
      await write(items)
      const first = await opened(group, { repeatWindow: 10 })
      await take(first, 4)
      await write([...items.slice(2), userChange(5)])
      const { items: fifth } = await take(first, 1)
      assert.deepEqual(
        fifth.map((item) => item.key),
        [userChange(5).key]
      )
      await first.close()
      await write([userChange(5), userChange(6)])
      const second = await opened(group, { repeatWindow: 10 })
      const { items: sixth } = await take(second, 1)
      assert.deepEqual(
        sixth.map((item) => item.key),
        [userChange(6).key]
      )
      await nothingMore(second)
      await second.close()
      assert.ok((context.counted.get('repeats_dropped_total') ?? 0) >= 3)
    })

    it('starts where the sink says it has stored, whatever the group has committed', async () => {
      await fresh()
      const group = unique('stored')
      await write([1, 2, 3, 4, 5, 6].map((n) => userChange(n)))
      const first = await opened(group)
      const { items } = await take(first, 6)
      await first.close()
      const wanted = items.filter((item) => item.offset >= 1).map((item) => item.position)
      const stored: StoredOffsets = {
        nextOffsets: async (_topic, partitions) => new Map(partitions.map((partition) => [partition, 1]))
      }
      const second = await opened(group, { stored })
      const again = await take(second, wanted.length)
      assert.deepEqual(again.items.map((item) => item.position as string).sort(), (wanted as string[]).sort())
      await second.close()
    })

    it('shares its partitions between readers, and loses nothing when one of them goes', async () => {
      await fresh()
      const group = unique('shared')
      const [first, second] = await Promise.all([opened(group), opened(group)])
      const seen = new Set<string>()
      const readSome = async (reader: UserReader) => {
        const batch = await reader.read({ limit: 10, lingerMs: 0, signal })
        for (const { id } of batch.items) seen.add(id)
        await reader.commit(batch)
      }
      const written = Array.from({ length: 60 }, (_, n) => userChange(n))
      await write(written.slice(0, 30))
      for (let round = 0; round < 4; round++) await Promise.all([first, second].map(readSome))
      await first.close()
      await write(written.slice(30))
      while (seen.size < written.length) await readSome(second)
      await second.close()
    })

    it('keeps order within a key when many are written at once', async () => {
      await fresh()
      const written = Array.from({ length: 300 }, (_, n) => userChange(n % 7, { version: n + 1 }))
      for (let at = 0; at < written.length; at += 50) await write(written.slice(at, at + 50))
      const reader = await opened(unique('order'))
      const { items } = await take(reader, written.length)
      await reader.close()
      const last = new Map<string, number>()
      for (const { key, value } of items) {
        assert.ok(value.source.row_version > (last.get(key) ?? 0))
        last.set(key, value.source.row_version)
      }
    })
  })
}

/** A context under a topic prefix of its own, so that nothing is shared with another test. */
export const isolatedContext = (env: Readonly<Record<string, string | undefined>> = {}): TestContext =>
  testContext({ ...env, COURANT_TOPIC_PREFIX: `${unique('t')}.` })
