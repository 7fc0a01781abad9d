import { kafkajs } from '../admin/kafkajs.ts'
import type { TopicPartition } from '../port.ts'

/** Under the name of kafkajs's own assignor, so that its consumers and ours can share a group. */
const name = 'RoundRobinAssigner'
const version = 0

/** What a member tells the group's leader when it joins. */
export function subscription(topics: readonly string[]): { name: string; metadata: Buffer } {
  const userData = Buffer.alloc(0)
  return {
    name,
    metadata: kafkajs.AssignerProtocol.MemberMetadata.encode({ version, topics: [...topics], userData })
  }
}

/** Deals the partitions of each topic round among the members that subscribe to it. */
export function deal(
  members: readonly { memberId: string; memberMetadata: Buffer }[],
  partitionsOf: (topic: string) => readonly number[]
): { memberId: string; memberAssignment: Buffer }[] {
  const hands = members
    .map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: new Set(kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics),
      assignment: {} as Record<string, number[]>
    }))
    .sort((one, other) => (one.memberId < other.memberId ? -1 : 1))
  let turn = 0
  for (const topic of new Set(hands.flatMap((hand) => [...hand.topics]).sort())) {
    const takers = hands.filter((hand) => hand.topics.has(topic))
    for (const partition of partitionsOf(topic)) {
      const taker = takers[turn++ % takers.length]!
      ;(taker.assignment[topic] ??= []).push(partition)
    }
  }
  return hands.map(({ memberId, assignment }) => ({
    memberId,
    memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({
      version,
      assignment,
      userData: Buffer.alloc(0)
    })
  }))
}

/** The partitions the leader gave us, of the topics we asked for. */
export function dealt(memberAssignment: Buffer, topics: readonly string[]): TopicPartition[] {
  const assignment = kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}
  return Object.entries(assignment)
    .filter(([topic]) => topics.includes(topic))
    .flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))
}
