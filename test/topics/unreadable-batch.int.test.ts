import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createLog, MetricsRegistry } from '../../runtime/observability.ts'
import { memoryWriter } from '../../runtime/memory.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { runAll } from '../../runtime/loop/run-all.ts'
import { tables } from '../../schemas/tables.ts'
import { topicCatalogue, topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import { maxOutputLength } from '../../topics/kafka/wire/compression.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { type DeadLetter, waitingLetters } from '../../topics/letters/letters.ts'
import { userChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { bombs, rawBatch, rawRecord, sendRaw } from '../support/raw-batch.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const signal = AbortSignal.timeout(120_000)
const topic = topicsOf(tables.users).clean
const pipelines = ['plain', 'windowed']

describe('batches that cannot be read', { timeout: 120_000 }, () => {
  const stack = sharedStack('kafka', 'registry')
  const brokers = stack['COURANT_KAFKA_BROKERS'] ?? ''
  const env = { ...stack, COURANT_TOPIC_PREFIX: `${unique('batch')}.` }
  const context = testContext(env)
  const connection = connectionFor(context.settings)

  before(async () => {
    const wanted = topicCatalogue(pipelines)
      .filter(({ name }) => /users\.clean$|\.dead$/.test(name))
      .map((declared) => ({ ...declared, partitions: 1 }))
    await applyPlan(await planTopics(wanted, connection, context.settings), connection)
  })
  after(() => deleteTopics(context.settings))

  const sendGood = async (...users: number[]) => {
    const writer = await topic.writer().open(context)
    await writer.write(
      users.map((n) => userChange(n)),
      { signal }
    )
  }
  const place = { topic: env.COURANT_TOPIC_PREFIX + topic.name, partition: 0 }
  const sendBad = async (bytes: Buffer) => (await sendRaw(brokers, place, bytes)).code

  async function lettersOf(pipeline: string): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = []
    for await (const letter of waitingLetters(pipeline, connection, { limit: 100, signal }))
      letters.push(letter)
    return letters
  }

  /** Runs both pipelines until they have read so many changes and set so many batches aside. */
  async function run(expected: { readonly changes: number; readonly letters: number }) {
    const stop = new AbortController()
    const targets = pipelines.map(() => memoryWriter<unknown>('seen'))
    const made = pipelines.map(
      (name, index): AnyPipeline => ({
        kind: 'sink',
        name,
        reads: [topic.name],
        writes: [],
        from: topic.reader(name, { repeatWindow: name === 'windowed' ? 100 : 0 }),
        uses: {},
        to: targets[index]!
      })
    )
    const running = runAll(made, {
      env,
      signal: stop.signal,
      logger: createLog('silent'),
      metrics: new MetricsRegistry(),
      deadLetters: deadLetterWriter
    })
    await eventually(() => targets.every(({ items }) => items.length >= expected.changes))
    await eventually(async () => {
      for (const name of pipelines) assert.equal((await lettersOf(name)).length, expected.letters)
      return running.status.every(({ caughtUp }) => caughtUp)
    })
    stop.abort()
    await running.done
    return targets.map(({ items }) => items.map(({ key }) => key))
  }

  it('are passed and set aside once by every reader, and all others arrive in order, also after a restart', async () => {
    const poison = Object.values(bombs(maxOutputLength + 1_048_576))
    const lies = [rawBatch(rawRecord(Buffer.alloc(1), 3), { lastOffsetDelta: 3 })]
    let taken = 0
    await sendGood(1)
    for (const [n, bytes] of [...poison, ...lies].entries()) {
      // What a broker refuses by itself is no danger.
      if ((await sendBad(bytes)) === 0) taken++
      await sendGood(n + 2)
    }
    assert.ok(taken >= 2, 'the broker takes the bombs')
    const users = [...poison, ...lies].map((_, n) => userChange(n + 2).key)
    for (const keys of await run({ changes: users.length + 1, letters: taken }))
      assert.deepEqual(keys, [userChange(1).key, ...users])
    await sendGood(50)
    for (const keys of await run({ changes: 1, letters: taken })) assert.deepEqual(keys, [userChange(50).key])
    for (const name of pipelines)
      for (const { code, source, record, message } of await lettersOf(name)) {
        assert.equal(code, 'BATCH_UNREADABLE')
        assert.equal(source?.topic, topic.name)
        assert.equal(source.lastOffset, source.offset)
        assert.match(message, /holds more than 32 MiB|cannot be taken apart/)
        assert.ok((record.value?.length ?? 0) > 61, 'as it lies in the log')
      }
  })
})
