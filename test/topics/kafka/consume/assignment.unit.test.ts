import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { deal, dealt, subscription } from '../../../../topics/kafka/consume/assignment.ts'

const topics = ['a', 'b', 'c']
const someTopics = fc.uniqueArray(fc.constantFrom(...topics), { minLength: 1 })

test('every partition is dealt to exactly one member that subscribes to it, and evenly', () => {
  fc.assert(
    fc.property(
      fc.array(someTopics, { minLength: 1, maxLength: 5 }),
      fc.record({ a: fc.nat(12), b: fc.nat(12), c: fc.nat(12) }),
      (subscriptions, counts) => {
        const members = subscriptions.map((wanted, index) => ({
          memberId: `member-${index}`,
          memberMetadata: subscription(wanted).metadata
        }))
        const partitionsOf = (topic: string) =>
          Array.from({ length: counts[topic as keyof typeof counts] }, (_, partition) => partition)
        const hands = deal(members, partitionsOf)
        const held = hands.flatMap(({ memberId, memberAssignment }) => {
          const wanted = subscriptions[Number(memberId.split('-')[1])] ?? []
          return dealt(memberAssignment, wanted).map(({ topic, partition }) => `${topic}/${partition}`)
        })
        const subscribed = topics.filter((topic) => subscriptions.flat().includes(topic))
        const all = subscribed.flatMap((topic) =>
          partitionsOf(topic).map((partition) => `${topic}/${partition}`)
        )
        assert.deepEqual(held.sort(), all.sort())
        if (subscriptions.every((wanted) => wanted.length === topics.length)) {
          const sizes = hands.map(({ memberAssignment }) => dealt(memberAssignment, topics).length)
          assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
        }
      }
    )
  )
})

test('partitions of topics we did not ask for are left aside', () => {
  const [hand] = deal([{ memberId: 'm', memberMetadata: subscription(['a', 'b']).metadata }], () => [0])
  assert.deepEqual(dealt(hand?.memberAssignment ?? Buffer.alloc(0), ['b']), [{ topic: 'b', partition: 0 }])
})
