import { CourantError } from '../../../runtime/errors.ts'
import { requireLease } from '../../../runtime/lease.ts'
import { MemoryBroker, partitionKey } from './memory-broker.ts'
import { MemoryConsumer } from './memory-consumer.ts'
import type { KafkaAdmin, KafkaClient, KafkaRecord, TopicOffset } from '../port.ts'

/** The whole port inside this process, for fast tests: same guards, no durability, no faults. */
export function memoryKafka(): KafkaClient {
  const broker = new MemoryBroker()
  return {
    async producer() {
      return {
        async send(records, { lease } = {}) {
          requireLease(lease)
          broker.append(records)
        },
        async close() {}
      }
    },
    consumer: async (options) => new MemoryConsumer(broker, options),
    admin: async () => memoryAdmin(broker),
    read: (from, options) => read(broker, from, options),
    async close() {}
  }
}

async function* read(
  broker: MemoryBroker,
  from: TopicOffset,
  options: { limit?: number; follow?: boolean; signal: AbortSignal }
): AsyncGenerator<KafkaRecord> {
  const log = broker.log(from.topic, from.partition)
  if (from.offset > log.length)
    throw new CourantError(
      'OFFSET_LOST',
      `Offset ${from.offset} of ${partitionKey(from)} lies outside the log (0 to ${log.length})`
    )
  const end = from.offset + (options.limit ?? Number.MAX_SAFE_INTEGER)
  const stop = options.follow ? end : Math.min(end, log.length)
  for (let offset = from.offset; offset < stop && !options.signal.aborted; ) {
    const record = log[offset]
    if (record) {
      offset++
      yield record
    } else await broker.changed.wait(60_000, options.signal)
  }
}

function memoryAdmin(broker: MemoryBroker): KafkaAdmin {
  return {
    topics: async () => [...broker.topics.values()].map((topic) => topic.config),
    async createTopics(topics) {
      for (const topic of topics) broker.create(topic)
    },
    addPartitions: async (topic, count) => broker.addPartitions(topic, count),
    async alterTopicConfig(name, config) {
      const topic = broker.topic(name)
      topic.config = { ...topic.config, config: { ...topic.config.config, ...config } }
    },
    async deleteTopics(topics) {
      for (const topic of topics) broker.delete(topic)
    },
    partitionCount: async (topic) => broker.topic(topic).partitions.length,
    offsets: async (topic) =>
      broker
        .topic(topic)
        .partitions.map((log, partition) => ({ topic, partition, low: 0, high: log.length })),
    ...memoryGroups(broker),
    async close() {}
  }
}

function memoryGroups(
  broker: MemoryBroker
): Pick<KafkaAdmin, 'committed' | 'setCommitted' | 'groups' | 'members' | 'deleteGroups'> {
  return {
    async committed(group, topics) {
      const committed = broker.groups.get(group)?.committed
      return topics.flatMap((topic) =>
        broker.topic(topic).partitions.flatMap((_, partition) => {
          const offset = committed?.get(partitionKey({ topic, partition }))
          const note = broker.groups.get(group)?.notes.get(partitionKey({ topic, partition }))
          return offset === undefined ? [] : [{ topic, partition, offset, ...(note && { note }) }]
        })
      )
    },
    async setCommitted(group, offsets) {
      refuseIfActive(broker, group)
      for (const at of offsets) {
        broker.group(group).committed.set(partitionKey(at), at.offset)
        broker.group(group).notes.set(partitionKey(at), at.note ?? '')
      }
    },
    groups: async () => [...broker.groups.keys()],
    members: async (group) => broker.groups.get(group)?.members.size ?? 0,
    async deleteGroups(groups) {
      for (const group of groups) {
        refuseIfActive(broker, group)
        broker.groups.delete(group)
      }
    }
  }
}

function refuseIfActive(broker: MemoryBroker, group: string): void {
  if ((broker.groups.get(group)?.members.size ?? 0) > 0)
    throw new CourantError('TOPICS_REFUSED', `Group ${group} is active: stop its pipelines first`)
}
