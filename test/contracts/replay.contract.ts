import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import type { Failure, Item, LogItem, Position } from '../../runtime/pipeline.ts'
import type { Change } from '../../schemas/change.ts'
import { tables } from '../../schemas/tables.ts'
import type { User } from '../../schemas/types/activity.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import { deadLetterHeaders } from '../../topics/headers.ts'
import type { KafkaRecord } from '../../topics/kafka/port.ts'
import { countDeadLetters, type DeadLetter, dismiss, waitingLetters } from '../../topics/letters/letters.ts'
import { replay } from '../../topics/letters/replay.ts'
import { userChange } from '../support/changes.ts'
import { eventually } from '../support/eventually.ts'
import { recordsOf } from '../support/memory-topics.ts'
import type { ChannelCase } from './channel.contract.ts'

const signal = AbortSignal.timeout(120_000)
const topic = topicsOf(tables.users).clean
const options = { signal, isDryRun: false, perSecond: 1_000, limit: 1_000, topics: [topic.name] }
const failing = 'failing'
const other = 'other'

type UserItem = LogItem<Change<User>>

/** What setting aside and replaying promise. Run it from a test file of each kind of connection. */
export function replayContract(
  name: string,
  start: (pipelines: readonly string[]) => Promise<ChannelCase>
): void {
  const withCase = async (run: (made: ChannelCase) => Promise<void>) => {
    const made = await start([failing, other])
    try {
      await run(made)
    } finally {
      await made.stop()
    }
  }
  const write = async ({ context }: ChannelCase, items: readonly Item<Change<User>>[]) => {
    const writer = await topic.writer().open(context)
    await writer.write(items, { signal })
  }
  const open = ({ context }: ChannelCase, group: string, repeatWindow = 0) =>
    topic.reader(group, { repeatWindow }).open(context)
  const take = async (reader: Awaited<ReturnType<typeof open>>, count: number) => {
    const items: UserItem[] = []
    for (let quiet = 0; items.length < count || quiet < 1; ) {
      const batch = await reader.read({ limit: 100, lingerMs: 10, signal })
      items.push(...batch.items)
      await reader.commit(batch)
      if (batch.caughtUp) quiet++
    }
    return items
  }
  const setAside = async ({ context }: ChannelCase, items: readonly Item<unknown>[]) => {
    const error = new CourantError('RECORD_INVALID', 'a rule was broken')
    const failures = items.map((item): Item<Failure> => ({ ...item, value: { item, error, stage: 'step' } }))
    const writer = await deadLetterWriter(failing).open(context)
    await writer.write(failures, { signal })
  }

  const three = [1, 2, 3].map((n) => userChange(n))
  /** Has the pipeline set three aside, and gives its reader. */
  const threeSetAside = async (made: ChannelCase) => {
    await write(made, three)
    const reader = await open(made, failing)
    await setAside(made, await take(reader, 3))
    return reader
  }

  const lettersOf = async ({ connection }: ChannelCase) => {
    const letters: DeadLetter[] = []
    for await (const letter of waitingLetters(failing, connection, { limit: 9, signal })) letters.push(letter)
    return letters
  }

  describe(`${name} keep the replay contract`, () => {
    it('keep the bytes, key and place of the original, and say why, with no message of a driver', () =>
      withCase(async (made) => {
        await write(made, [userChange(1)])
        const reader = await open(made, failing)
        const [item] = await take(reader, 1)
        await reader.close()
        assert.ok(item)
        const writer = await deadLetterWriter(failing).open(made.context)
        const cause = new Error('canary@example.com')
        const error = new CourantError('RECORD_INVALID', 'email is wrong', { cause })
        await writer.write([{ ...item, value: { item, error, stage: 'write' } }], { signal })
        const [letter] = await recordsOf(made.connection, `${failing}.dead`)
        const [original] = await recordsOf(made.connection, topic.name)
        assert.deepEqual([letter?.value, letter?.key], [original?.value, original?.key])
        const header = (key: keyof typeof deadLetterHeaders) =>
          letter?.headers[deadLetterHeaders[key]]?.toString()
        assert.deepEqual(
          [header('topic'), header('partition'), header('offset'), header('connector'), header('stage')],
          [topic.name, String(item.partition), '0', failing, 'TASK_PUT']
        )
        assert.deepEqual(
          [header('exceptionClass'), header('exceptionMessage')],
          ['RECORD_INVALID', 'email is wrong']
        )
        assert.ok(header('stacktrace')?.startsWith('    at '))
        assert.doesNotMatch(JSON.stringify(Object.values(letter?.headers ?? {}).map(String)), /canary/)
      }))

    it('are read again by their pipeline alone, with the same id, key and value, past its window of repeats', () =>
      withCase(async (made) => {
        await write(made, three)
        const [reader, another] = [await open(made, failing, 100), await open(made, other)]
        const items = await take(reader, 3)
        await take(another, 3)
        const failed = items.filter(({ key }) => key !== userChange(2).key)
        await setAside(made, failed)
        const report = await replay(failing, made.connection, options)
        assert.deepEqual([...report.byTopic], [[topic.name, 2]])
        const again = await take(reader, 2)
        const essence = ({ id, key, value, at, partition }: UserItem) => ({ id, key, value, at, partition })
        const byId = (a: UserItem, b: UserItem) => a.id.localeCompare(b.id)
        assert.deepEqual(again.sort(byId).map(essence), failed.sort(byId).map(essence))
        assert.deepEqual(await take(another, 0), [])
        await reader.close()
        await another.close()
      }))

    it('wait on where a replay is stopped before it has sent them', () =>
      withCase(async (made) => {
        const reader = await threeSetAside(made)
        await reader.close()
        const stop = new AbortController()
        const replaying = replay(failing, made.connection, {
          ...options,
          signal: stop.signal,
          perSecond: 0.1
        })
        await eventually(async () => (await countDeadLetters([failing], made.connection))[0]?.waiting === 2)
        stop.abort()
        assert.deepEqual([...(await replaying).byTopic.values()], [1])
        const rest = await replay(failing, made.connection, options)
        assert.deepEqual([...rest.byTopic.values()], [2])
      }))

    it('are replayed once, however often it is asked for, and counted without being sent by a dry run', () =>
      withCase(async (made) => {
        const reader = await threeSetAside(made)
        const dry = await replay(failing, made.connection, { ...options, isDryRun: true })
        assert.deepEqual([...dry.byTopic.values()], [3])
        assert.deepEqual(await countDeadLetters([failing, other], made.connection), [
          { pipeline: failing, kept: 3, waiting: 3 },
          { pipeline: other, kept: 0, waiting: 0 }
        ])
        const first = await replay(failing, made.connection, { ...options, limit: 2 })
        const second = await replay(failing, made.connection, options)
        const third = await replay(failing, made.connection, options)
        const counts = [first, second, third].map(({ byTopic }) => byTopic.get(topic.name) ?? 0)
        assert.deepEqual(counts, [2, 1, 0])
        assert.equal((await take(reader, 3)).length, 3)
        await reader.close()
      }))

    it('never take the place of a newer change of their key when the topic is compacted', () =>
      withCase(async (made) => {
        await write(made, [userChange(1)])
        const reader = await open(made, failing)
        const old = await take(reader, 1)
        await reader.close()
        await write(made, [userChange(1, { op: 'u', version: 2 })])
        await setAside(made, old)
        await replay(failing, made.connection, options)
        const records = await recordsOf(made.connection, topic.name)
        // What compaction would leave: the last record of each key, tombstones gone.
        const left = [...new Map(records.map((record) => [String(record.key), record])).values()].filter(
          ({ value }) => value !== null
        )
        assert.deepEqual(
          left.map(({ offset }) => offset),
          [1]
        )
      }))

    it('come back to the dead letters when they fail again, and can be replayed again', () =>
      withCase(async (made) => {
        await write(made, [userChange(1)])
        const reader = await open(made, failing)
        for (let round = 1; round <= 3; round++) {
          const [item] = await take(reader, 1)
          assert.deepEqual([item?.id, item?.key], [userChange(1).id, userChange(1).key], `round ${round}`)
          await setAside(made, item ? [item] : [])
          await replay(failing, made.connection, options)
        }
        await reader.close()
      }))

    it('too large to be kept are set aside without their value between the others, and refused by a replay', () =>
      withCase(async (made) => {
        const admin = await made.connection.kafka.admin()
        await admin.alterTopicConfig(`${failing}.dead`, { 'max.message.bytes': '8000' })
        await admin.close()
        await write(made, three)
        const reader = await open(made, failing)
        const [first, second, third] = await take(reader, 3)
        await reader.close()
        assert.ok(first && second && third)
        const { raw } = second as { raw: KafkaRecord }
        // Random, so that compression leaves it large.
        await setAside(made, [first, { ...second, raw: { ...raw, value: randomBytes(20_000) } }, third])
        const letters = await lettersOf(made)
        assert.deepEqual(
          letters.map(({ leftOutBytes }) => leftOutBytes),
          [null, 20_000, null]
        )
        const [, large] = letters
        assert.deepEqual([large?.record.key, large?.record.value], [raw.key, null])
        assert.deepEqual(
          [large?.source?.topic, large?.source?.offset, large?.message],
          [topic.name, raw.offset, 'a rule was broken']
        )
        const report = await replay(failing, made.connection, options)
        assert.deepEqual([report.byTopic.get(topic.name), report.leftOut.length, report.behind], [1, 1, 1])
        assert.equal(await dismiss(failing, made.connection, { limit: 1 }), 1)
        assert.equal((await replay(failing, made.connection, options)).byTopic.get(topic.name), 1)
      }))

    it('of rows that never were in a topic are kept as JSON, shown, and not sent anywhere', () =>
      withCase(async (made) => {
        const row = { id: 7n, name: 'Ada' }
        await setAside(made, [
          { id: 'row-7', key: '7', value: row, at: new Date(), position: '' as Position }
        ])
        const letters = await lettersOf(made)
        assert.deepEqual(
          letters.map(({ source, code }) => [source, code]),
          [[null, 'RECORD_INVALID']]
        )
        assert.deepEqual(JSON.parse(String(letters[0]?.record.value)), { id: '7', name: 'Ada' })
        const report = await replay(failing, made.connection, options)
        assert.deepEqual([report.byTopic.size, report.unsendable], [0, 1])
      }))

    it('of rows that never were in a topic go on waiting after a replay, until they are dismissed', () =>
      withCase(async (made) => {
        await write(made, [userChange(1), userChange(2)])
        const reader = await open(made, failing)
        const [first, second] = await take(reader, 2)
        await reader.close()
        assert.ok(first && second)
        const row = { id: 'row-7', key: '7', value: { id: '7' }, at: new Date(), position: '' as Position }
        for (const item of [first, row, second]) await setAside(made, [item])
        for (const [isDryRun, sent] of [
          [true, 1],
          [false, 1],
          [false, 0]
        ] as const) {
          const { byTopic, unsendable, behind } = await replay(failing, made.connection, {
            ...options,
            isDryRun
          })
          assert.deepEqual([byTopic.get(topic.name) ?? 0, unsendable, behind], [sent, 1, 1])
        }
        const waiting = async () => (await countDeadLetters([failing], made.connection))[0]?.waiting
        assert.equal(await waiting(), 2)
        assert.equal(await dismiss(failing, made.connection, { limit: 1 }), 1)
        assert.equal((await replay(failing, made.connection, options)).byTopic.get(topic.name), 1)
        assert.equal(await waiting(), 0)
        assert.equal(await dismiss(failing, made.connection, options), 0)
      }))

    it('of one kind are sent or dismissed without those before and among them, each once', () =>
      withCase(async (made) => {
        const reader = await threeSetAside(made)
        const key = ({ record }: DeadLetter) => String(record.key)
        const [first, second, third] = (await lettersOf(made)).map(key)
        const only = (letter: DeadLetter) => key(letter) === second
        const waiting = async () => (await countDeadLetters([failing], made.connection))[0]?.waiting
        const dry = await replay(failing, made.connection, { ...options, only, isDryRun: true })
        assert.deepEqual([dry.byTopic.get(topic.name), await waiting()], [1, 3])
        assert.equal(
          (await replay(failing, made.connection, { ...options, only })).byTopic.get(topic.name),
          1
        )
        assert.deepEqual(
          (await take(reader, 1)).map((item) => item.key),
          [second]
        )
        assert.deepEqual([(await lettersOf(made)).map(key), await waiting()], [[first, third], 2])
        assert.equal((await replay(failing, made.connection, { ...options, only })).byTopic.size, 0)
        const last = (letter: DeadLetter) => key(letter) === third
        assert.equal(await dismiss(failing, made.connection, { limit: 9, only: last }), 1)
        assert.deepEqual([(await lettersOf(made)).map(key), await waiting()], [[first], 1])
        assert.equal((await replay(failing, made.connection, options)).byTopic.get(topic.name), 1)
        assert.deepEqual(
          (await take(reader, 1)).map((item) => item.key),
          [first]
        )
        assert.equal(await waiting(), 0)
        await reader.close()
      }))
  })
}
