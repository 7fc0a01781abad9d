import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import kafkajs from 'kafkajs'
import { tables } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { waitingLetters } from '../../topics/letters/letters.ts'
import { userChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const signal = AbortSignal.timeout(180_000)
const topic = topicsOf(tables.users).clean
const pipeline = 'silver.users'

/** The commands of the runbook's section, their arguments as a shell would take them. */
function runbookCommands(values: Readonly<Record<string, string>>): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/operations/runbook.md'), 'utf8')
  const section = text.split('## A pipeline stands still on a record')[1] ?? ''
  const block = /```\n([^`]+)```/.exec(section)?.[1] ?? ''
  const commands = block.trim().split('\n')
  return commands.map((line) => {
    const filled = line.replace(
      /<(\w+)>/g,
      (_, name: string) => values[name] ?? assert.fail(`no value for ${name}`)
    )
    return [...filled.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(1)
  })
}

describe('a pipeline that stands still', { timeout: 180_000 }, () => {
  const stack = sharedStack('kafka', 'registry')
  const env = { ...stack, COURANT_TOPIC_PREFIX: `${unique('skip')}.`, COURANT_KAFKA_PARTITIONS: '1' }
  const context = testContext(env)
  after(() => deleteTopics(context.settings))

  it('gets past the place by the commands of the runbook', async () => {
    assert.equal((await runCourant(['topics', 'apply'], { env })).code, 0)
    const connection = connectionFor(context.settings)
    const writer = await topic.writer().open(context)
    await writer.write(
      [1, 2, 3, 4].map((n) => userChange(n)),
      { signal }
    )
    const stands = await topic.reader(pipeline).open(context)
    const first = await stands.read({ limit: 1, lingerMs: 0, signal })
    await stands.commit(first)
    await stands.close()
    const values = { pipeline, topic: topic.name, partition: '0', offset: '2', why: 'the sink refuses it' }
    const commands = runbookCommands(values)
    assert.ok(commands.length >= 5)
    for (const args of commands) {
      const { code, err } = await runCourant(args, { env })
      assert.deepEqual([args.join(' '), code, err], [args.join(' '), 0, ''])
    }
    const reader = await topic.reader(pipeline, { repeatWindow: 100 }).open(context)
    const { items } = await reader.read({ limit: 100, lingerMs: 200, signal })
    await reader.close()
    assert.deepEqual(
      items.map(({ offset }) => offset),
      [3]
    )
    const letters = []
    for await (const { code, source } of waitingLetters(pipeline, connection, { limit: 10, signal }))
      letters.push([code, source?.offset])
    assert.deepEqual(letters, [
      ['SKIPPED', 1],
      ['SKIPPED', 2]
    ])
  })

  it('can have records deleted from topics as `topics apply` makes them', async () => {
    const writer = await topic.writer().open(context)
    await writer.write(
      [1, 2].map((n) => userChange(n)),
      { signal }
    )
    const brokers = (stack['COURANT_KAFKA_BROKERS'] ?? '').split(',')
    const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
    const name = env.COURANT_TOPIC_PREFIX + topic.name
    try {
      await admin.connect()
      await admin.fetchTopicOffsets(name)
      await admin.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: '1' }] })
      assert.equal((await admin.fetchTopicOffsets(name))[0]?.low, '1')
    } finally {
      await admin.disconnect()
    }
  })
})
