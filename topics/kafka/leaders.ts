import { CourantError } from '../../runtime/errors.ts'
import { type Cluster, createErrorFromCode } from './admin/kafkajs-cluster.ts'
import type { TopicPartition } from './port.ts'

const leaderNotAvailable = 5
const noLeader = -1

/** Groups partitions by the broker that leads them now; throws TOPIC_MISSING for one that does not exist. */
export function byLeader<P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[]
): Map<number, P[]> {
  const leaders = new Map<number, P[]>()
  const leadersOf = new Map<string, Map<number, number>>()
  for (const at of partitions) {
    let ofTopic = leadersOf.get(at.topic)
    if (!ofTopic) leadersOf.set(at.topic, (ofTopic = topicLeaders(cluster, at.topic)))
    const leader = ofTopic.get(at.partition)
    if (leader === undefined)
      throw new CourantError(
        'TOPIC_MISSING',
        `Topic ${at.topic} has no partition ${at.partition}: run \`courant topics apply\``
      )
    if (leader === noLeader) throw createErrorFromCode(leaderNotAvailable)
    const led = leaders.get(leader)
    if (led) led.push(at)
    else leaders.set(leader, [at])
  }
  return leaders
}

function topicLeaders(cluster: Cluster, topic: string): Map<number, number> {
  return new Map(
    cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader])
  )
}
