import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import type { Item } from '../../../runtime/pipeline.ts'
import { tables } from '../../../schemas/tables.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { deadLetterWriter } from '../../../topics/letters/dead-letters.ts'
import type { KafkaRecord } from '../../../topics/kafka/port.ts'
import { type DeadLetter, dismiss, waitingLetters } from '../../../topics/letters/letters.ts'
import { replay } from '../../../topics/letters/replay.ts'
import { userChange } from '../../support/changes.ts'
import { memoryTopics, recordsOf } from '../../support/memory-topics.ts'

const signal = AbortSignal.timeout(60_000)
const topic = topicsOf(tables.users).clean
const options = { signal, isDryRun: false, perSecond: 1_000, limit: 1_000, topics: [topic.name] }
const failing = 'failing'
const other = 'other'

type Letters = Awaited<ReturnType<typeof memoryTopics>>

async function withLetters(run: (made: Letters) => Promise<void>): Promise<void> {
  const made = await memoryTopics({ pipelines: [failing, other] })
  try {
    await run(made)
  } finally {
    await made.connection.kafka.close()
  }
}

async function write({ context }: Letters, users: readonly number[]): Promise<void> {
  const writer = await topic.writer().open(context)
  await writer.write(
    users.map((n) => userChange(n)),
    { signal }
  )
}

async function readAll({ context }: Letters) {
  const reader = await topic.reader(failing).open(context)
  const { items } = await reader.read({ limit: 100, lingerMs: 50, signal })
  await reader.close()
  return items
}

async function setAside({ context }: Letters, items: readonly Item<unknown>[]): Promise<void> {
  const error = new CourantError('RECORD_INVALID', 'a rule was broken')
  const writer = await deadLetterWriter(failing).open(context)
  await writer.write(
    items.map((item) => ({ ...item, value: { item, error, stage: 'step' } })),
    { signal }
  )
}

async function lettersOf({ connection }: Letters): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  for await (const letter of waitingLetters(failing, connection, { limit: 100, signal })) letters.push(letter)
  return letters
}

describe('letters that no pipeline wrote, and batches', () => {
  it('that name a topic which the pipeline does not read are sent nowhere, and hold up those behind them', () =>
    withLetters(async (made) => {
      await write(made, [1, 2, 3])
      const [first, second, third] = await readAll(made)
      assert.ok(first && second && third)
      const names = ['activity.users.changes', `${other}.dead`, '../x', '', '__consumer_offsets']
      const forged = names.map((name) => ({
        ...second,
        raw: { ...(second.raw as KafkaRecord), topic: name }
      }))
      await setAside(made, [first, ...forged, third])
      const report = await replay(failing, made.connection, options)
      assert.deepEqual([...report.byTopic], [[topic.name, 1]])
      // An empty name is that of a row which never was in a topic.
      assert.deepEqual([report.foreign.length, report.unsendable, report.behind], [4, 1, 1])
      assert.equal((await recordsOf(made.connection, 'activity.users.changes')).length, 0)
      assert.equal((await recordsOf(made.connection, `${other}.dead`)).length, 0)
    }))

  it('do not make an ordinary change pass by others: only the header says that it was replayed', () =>
    withLetters(async (made) => {
      await write(made, [1])
      const [original] = await recordsOf(made.connection, topic.name)
      assert.ok(original?.value && original.key)
      const headers = { 'courant-replayed-from': `${other}.dead/0` }
      const { partition, key, value } = original
      const producer = await made.connection.kafka.producer()
      await producer.send([{ topic: topic.name, partition, key, value, headers }], { signal })
      assert.equal((await readAll(made)).length, 2)
    }))

  it('are not passed by others because a record names them: it is set aside unless it is a copy', () =>
    withLetters(async (made) => {
      await write(made, [1, 2])
      const [first, second] = await readAll(made)
      assert.ok(first && second)
      await setAside(made, [first])
      const producer = await made.connection.kafka.producer()
      const claims = [`${failing}.dead/0`, `${failing}.dead/1`, 'nobody.dead/0', '../x.dead/0', `.dead/0`]
      for (const from of claims) {
        const { value, key, partition } = second.raw as KafkaRecord
        const headers = { 'courant-replayed-from': from, 'courant-key': key ?? '' }
        await producer.send([{ topic: topic.name, partition, key: from, value, headers }], { signal })
      }
      await replay(failing, made.connection, options)
      const reader = await topic.reader(other).open(made.context)
      const items: string[] = []
      const failures: string[] = []
      for (let isOver = false; !isOver; ) {
        const batch = await reader.read({ limit: 100, lingerMs: 10, signal })
        items.push(...batch.items.map(({ id }) => id))
        failures.push(...(batch.failures ?? []).map(({ error }) => error.code))
        await reader.commit(batch)
        isOver = batch.caughtUp
      }
      await reader.close()
      assert.deepEqual(items, [first.id, second.id], 'the true replay is passed')
      assert.deepEqual(
        failures,
        claims.map(() => 'RECORD_INVALID')
      )
    }))

  it('that are whole batches keep their bytes and offsets, and are not replayed', () =>
    withLetters(async (made) => {
      await write(made, [1])
      const [item] = await readAll(made)
      const error = new CourantError('BATCH_UNREADABLE', 'the batch is damaged')
      const unreadable = { firstOffset: 7, lastOffset: 11, bytes: randomBytes(500), error }
      const raw: KafkaRecord = {
        ...(item?.raw as KafkaRecord),
        key: null,
        value: null,
        offset: 11,
        unreadable
      }
      assert.ok(item)
      await setAside(made, [{ ...item, raw }, item])
      const [letter] = await lettersOf(made)
      assert.deepEqual(letter?.source, {
        topic: topic.name,
        partition: item.partition,
        offset: 7,
        lastOffset: 11
      })
      assert.deepEqual(letter.record.value, unreadable.bytes)
      const report = await replay(failing, made.connection, options)
      assert.deepEqual([report.byTopic.size, report.batches.length, report.behind], [0, 1, 1])
      assert.equal(await dismiss(failing, made.connection, { limit: 1 }), 1)
      assert.equal((await replay(failing, made.connection, options)).byTopic.get(topic.name), 1)
    }))
})
