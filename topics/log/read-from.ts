import type { Item } from '../../runtime/pipeline.ts'
import type { KafkaRecord, TopicPartition } from '../kafka/port.ts'

/** Where an item was read that came from a topic, whatever was made of it since. */
export function readFrom({ raw }: Item<unknown>): TopicPartition | undefined {
  return isKafkaRecord(raw) ? { topic: raw.topic, partition: raw.partition } : undefined
}

/** Whether what an item was made of is a record of a topic. */
export function isKafkaRecord(raw: unknown): raw is KafkaRecord {
  return typeof raw === 'object' && raw !== null && 'offset' in raw && 'headers' in raw && 'timestamp' in raw
}
