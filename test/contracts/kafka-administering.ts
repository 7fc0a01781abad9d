import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { KafkaRecord } from '../../topics/kafka/port.ts'
import { eventually } from '../support/eventually.ts'
import { text, type Use } from '../support/kafka-use.ts'

export function administering(use: Use): void {
  it('tells topics as they are and changes only the configuration it was given', async () => {
    const it = await use({ partitions: 2, config: { 'cleanup.policy': 'compact' } })
    await it.admin.alterTopicConfig(it.topic, { 'retention.ms': '86400000' })
    const found = await eventually(async () =>
      (await it.admin.topics()).find((topic) => topic.name === it.topic && topic.config['retention.ms'])
    )
    assert.deepEqual(found, {
      name: it.topic,
      partitions: 2,
      replicationFactor: 1,
      config: { 'cleanup.policy': 'compact', 'retention.ms': '86400000' }
    })
    await assert.rejects(it.admin.createTopics([found]), { code: 'TOPICS_REFUSED' })
    await it.admin.deleteTopics([it.topic])
    await eventually(async () => !(await it.admin.topics()).some((topic) => topic.name === it.topic))
    await assert.rejects(it.admin.offsets(it.topic), { code: 'TOPIC_MISSING' })
  })

  it('tells the ends of logs, and commits only where there are some', async () => {
    const it = await use({ partitions: 2 })
    await it.send(['a', 'b'], 1)
    assert.deepEqual(await it.admin.offsets(it.topic), [
      { topic: it.topic, partition: 0, low: 0, high: 0 },
      { topic: it.topic, partition: 1, low: 0, high: 2 }
    ])
    assert.deepEqual(await it.admin.committed(it.group, [it.topic]), [])
    await it.admin.setCommitted(it.group, [it.at(1, 1)])
    assert.deepEqual(await it.admin.committed(it.group, [it.topic]), [it.at(1, 1)])
    assert.ok((await it.admin.groups()).includes(it.group))
    await it.admin.deleteGroups([it.group])
    assert.ok(!(await it.admin.groups()).includes(it.group))
  })

  it('does not move the offsets of a group that is active, nor delete it', async () => {
    const it = await use()
    await it.send(['a'])
    const consumer = await it.joined()
    await assert.rejects(it.admin.setCommitted(it.group, [it.at(0)]), { code: 'TOPICS_REFUSED' })
    await assert.rejects(it.admin.deleteGroups([it.group]), { code: 'TOPICS_REFUSED' })
    await consumer.close()
    await eventually(() => it.admin.setCommitted(it.group, [it.at(1)]).then(() => true))
  })
}

export function reading(use: Use): void {
  it('reads a partition outside any group, up to the end it had, a limit, or as it grows', async () => {
    const it = await use()
    await it.send(['a', 'b', 'c'])
    assert.deepEqual(await it.log(), ['a', 'b', 'c'])
    const { signal } = new AbortController()
    assert.deepEqual(await collect(it.client.read(it.at(1), { limit: 1, signal })), ['b'])
    const stop = new AbortController()
    const followed: string[] = []
    for await (const record of it.client.read(it.at(2), { follow: true, signal: stop.signal })) {
      followed.push(text(record))
      if (followed.length === 1) await it.send(['d'])
      else stop.abort()
    }
    assert.deepEqual(followed, ['c', 'd'])
    const beyond = it.client.read(it.at(9), { signal })
    await assert.rejects(collect(beyond), { code: 'OFFSET_LOST' })
  })
}

async function collect(records: AsyncIterable<KafkaRecord>): Promise<string[]> {
  const texts: string[] = []
  for await (const record of records) texts.push(text(record))
  return texts
}
