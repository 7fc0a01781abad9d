import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupMember } from '../../../../topics/kafka/consume/group-member.ts'
import type { Link } from '../../../../topics/kafka/wire/link.ts'

/** A member of a group that has committed offset 7 of each partition, with these notes. */
function memberAfter(notes: readonly string[]): GroupMember {
  const partitions = notes.map((metadata, partition) => ({ partition, offset: '7', metadata }))
  const broker = { offsetFetch: async () => ({ responses: [{ topic: 't', partitions }] }) }
  const cluster = {
    addMultipleTargetTopics: async () => undefined,
    findGroupCoordinator: async () => broker
  }
  const link = { cluster: async () => cluster } as unknown as Link
  return new GroupMember(link, { group: 'g', topics: ['t'], sessionMs: 10_000 })
}

const notes = ['topic A', 'topic B', '']

test('a commit counts for the topic that its note names, or any where it names none', async () => {
  const member = memberAfter(notes)
  member.topicIds = new Map([['t', 'A']])
  const committed = await member.committed(notes.map((_, partition) => ({ topic: 't', partition })))
  assert.deepEqual(
    committed.map(({ partition }) => partition),
    [0, 2]
  )
})

test('every commit counts where the brokers do not say which topic it is, as after a downgrade', async () => {
  const committed = await memberAfter(notes).committed(
    notes.map((_, partition) => ({ topic: 't', partition }))
  )
  assert.deepEqual(
    committed.map(({ offset }) => offset),
    [7, 7, 7]
  )
})
