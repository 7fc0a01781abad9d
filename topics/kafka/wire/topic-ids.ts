import { CourantError } from '../../../runtime/errors.ts'
import { type Cluster, createErrorFromCode } from '../admin/kafkajs-cluster.ts'
import { metadataRequest } from './metadata-request.ts'

/** Kafka's ids of topics by name: a topic that is made anew has another one. Empty where the brokers have none. */
export type TopicIds = ReadonlyMap<string, string>

const metadataKey = 3
const withIds = 10

/** The ids that topics have now, in one request. */
export async function topicIds(cluster: Cluster, topics: readonly string[]): Promise<TopicIds> {
  const [nodeId] = cluster.getNodeIds()
  if (nodeId === undefined || topics.length === 0) return new Map()
  const broker = await cluster.findBroker({ nodeId })
  if ((broker.versions?.[metadataKey]?.maxVersion ?? 0) < withIds) return new Map()
  const found = await broker.connectionPool.send(metadataRequest(topics))
  const failed = found.find(({ code }) => code !== 0)
  if (failed) throw createErrorFromCode(failed.code)
  return new Map(found.flatMap(({ topic, id }): [string, string][] => (id === null ? [] : [[topic, id]])))
}

/** Throws TOPIC_REPLACED when one of the topics is not the one it was. */
export function refuseReplaced(before: TopicIds, now: TopicIds): void {
  for (const [topic, id] of before) {
    const other = now.get(topic)
    if (other !== undefined && other !== id) throw replacedWhileRead(topic, { id: other, before: id })
  }
}

/** TOPIC_REPLACED for a topic that a consumer was reading. */
export const replacedWhileRead = (topic: string, ids: { readonly id: string; readonly before: string }) =>
  new CourantError(
    'TOPIC_REPLACED',
    `Topic ${topic} was deleted and made anew while it was read. Nothing of the new one was read; start again, and see the runbook if a sink refuses it then`,
    { details: { topic, ...ids } }
  )
