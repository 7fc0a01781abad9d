import { randomUUID } from 'node:crypto'
import { CourantError } from '../../../runtime/errors.ts'
import type { KafkaRecord, OutgoingRecord, TopicConfig, TopicPartition } from '../port.ts'
import { Signal } from '../signal.ts'

interface MemoryTopic {
  readonly id: string
  config: TopicConfig
  partitions: KafkaRecord[][]
}

/** What a group needs to know of one of its consumers. */
export interface MemoryMember {
  readonly topics: readonly string[]
  assigned(partitions: readonly TopicPartition[]): void
}

interface MemoryGroup {
  readonly members: Set<MemoryMember>
  /** Next offset by `topic/partition`. */
  readonly committed: Map<string, number>
  /** What was noted with a commit. */
  readonly notes: Map<string, string>
}

/** Kafka's default `max.message.bytes`. */
const defaultMaxMessageBytes = 1_048_588

export const partitionKey = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`

/** Topics and groups in this process; loses everything when it ends. */
export class MemoryBroker {
  readonly topics = new Map<string, MemoryTopic>()
  readonly groups = new Map<string, MemoryGroup>()
  /** Told whenever records arrive or assignments change. */
  readonly changed = new Signal()

  topic(name: string): MemoryTopic {
    const topic = this.topics.get(name)
    if (!topic)
      throw new CourantError('TOPIC_MISSING', `Topic ${name} does not exist: run \`courant topics apply\``)
    return topic
  }

  log(topic: string, partition: number): KafkaRecord[] {
    const log = this.topic(topic).partitions[partition]
    if (!log) throw new CourantError('TOPIC_MISSING', `Topic ${topic} has no partition ${partition}`)
    return log
  }

  create(config: TopicConfig): void {
    if (this.topics.has(config.name))
      throw new CourantError('TOPICS_REFUSED', `Topic ${config.name} exists already`)
    const partitions = Array.from({ length: config.partitions }, () => [])
    this.topics.set(config.name, { id: randomUUID(), config, partitions })
    this.rebalanceAll()
  }

  /** With the offsets that groups have of it, as Kafka does. */
  delete(name: string): void {
    this.topics.delete(name)
    for (const { committed } of this.groups.values())
      for (const place of committed.keys())
        if (place.slice(0, place.lastIndexOf('/')) === name) committed.delete(place)
    this.rebalanceAll()
  }

  addPartitions(name: string, count: number): void {
    const topic = this.topic(name)
    while (topic.partitions.length < count) topic.partitions.push([])
    topic.config = { ...topic.config, partitions: count }
    this.rebalanceAll()
  }

  append(records: readonly OutgoingRecord[]): void {
    try {
      for (const [index, record] of records.entries()) {
        const log = this.log(record.topic, record.partition)
        this.#checkSize(record, index)
        log.push(stored(record, log.length))
      }
    } finally {
      this.changed.notify()
    }
  }

  group(name: string): MemoryGroup {
    const group = this.groups.get(name) ?? { members: new Set(), committed: new Map(), notes: new Map() }
    this.groups.set(name, group)
    return group
  }

  rebalanceAll(): void {
    for (const group of this.groups.values()) this.rebalance(group)
  }

  /** Deals the partitions of the subscribed topics round, as the real assignor does. */
  rebalance(group: MemoryGroup): void {
    const members = [...group.members]
    const hands = members.map((): TopicPartition[] => [])
    const names = new Set(members.flatMap((member) => member.topics))
    let turn = 0
    for (const topic of names)
      for (let partition = 0; partition < (this.topics.get(topic)?.partitions.length ?? 0); partition++)
        hands[turn++ % hands.length]?.push({ topic, partition })
    for (const [index, member] of members.entries()) member.assigned(hands[index] ?? [])
    this.changed.notify()
  }

  #checkSize(record: OutgoingRecord, index: number): void {
    const max = Number(this.topic(record.topic).config.config['max.message.bytes'] ?? defaultMaxMessageBytes)
    if ((record.value?.length ?? 0) + record.key.length > max)
      throw new CourantError(
        'RECORD_TOO_LARGE',
        `A record for ${record.topic} is larger than its max.message.bytes (${max})`,
        { details: { topic: record.topic, partition: record.partition, index } }
      )
  }
}

function stored(record: OutgoingRecord, offset: number): KafkaRecord {
  const given = Object.entries(record.headers ?? {})
  const headers = Object.fromEntries(given.map(([name, value]) => [name, bytes(value)]))
  const { topic, partition, key, value, timestamp = Date.now() } = record
  return { topic, partition, offset, key: bytes(key), value, headers, timestamp }
}

const bytes = (value: Buffer | string) => (typeof value === 'string' ? Buffer.from(value) : value)
