import type { CourantError } from '../../runtime/errors.ts'
import type { Lease } from '../../runtime/lease.ts'

/**
 * What Courant needs of Kafka, and nothing else. No type of any client library leaks out of topics/kafka/, so that
 * another client can take kafkajs's place once it passes test/contracts/kafka.contract.ts.
 */

/** A record as it lies in the log. Offsets are numbers: 2^53 is out of reach. */
export interface KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Of a name that occurs several times, the last. */
  readonly headers: Readonly<Record<string, Buffer>>
  /** Milliseconds since the epoch: when the record was produced; always a date that JavaScript can hold. */
  readonly timestamp: number
  /** Present where this stands for a whole batch that cannot be read: at its last offset, without key and value. */
  readonly unreadable?: UnreadableBatch
}

/** A batch whose records nobody can tell apart, as it lies in the log. */
export interface UnreadableBatch {
  readonly firstOffset: number
  readonly lastOffset: number
  /** Its header included. */
  readonly bytes: Buffer
  /** BATCH_UNREADABLE, and why. */
  readonly error: CourantError
}

/** A record to be written. The partition is always set by us: keyless retries change partition. */
export interface OutgoingRecord {
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | string
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, Buffer | string>>
  /** Milliseconds since the epoch; now when absent. */
  readonly timestamp?: number
  /** Where the record was read that this one was made of; with a lease, its next owner keeps this one out if it is late. */
  readonly from?: TopicPartition | undefined
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface TopicOffset extends TopicPartition {
  /** The next offset to read. */
  readonly offset: number
}

export interface SendOptions {
  readonly signal?: AbortSignal
  /** Under which the records were read that these were made of. */
  readonly lease?: Lease
}

/** A next offset as a group has committed it. */
export interface CommittedOffset extends TopicOffset {
  /** What was noted with it. */
  readonly note?: string
}

export interface KafkaProducer {
  /**
   * Resolves once all records are acknowledged by all in-sync replicas, in order within a partition; safe to call
   * again with the same records. Calls are queued: one send is in flight at a time. Rejects with TOPICS_UNAVAILABLE
   * (transient), RECORD_TOO_LARGE (`details.index` says which record; of its partition, those before it are in the log
   * and those behind it are not), TOPIC_MISSING or TOPICS_REFUSED; some of the
   * records may be in the log then. An aborted signal rejects with its reason. Nothing is sent once the lease is lost:
   * it is asked directly before each attempt, and LeaseLost rejects. What is under way then, and says where it was read
   * `from`, is refused by the broker behind the first record that the next holder of that partition has written there.
   */
  send(records: readonly OutgoingRecord[], options?: SendOptions): Promise<void>
  close(): Promise<void>
}

export interface PollRequest {
  readonly limit: number
  /** How long to wait for the first record. */
  readonly waitMs: number
  /** How long to gather more after the first, until `limit`. */
  readonly lingerMs: number
  readonly signal: AbortSignal
  /** Topics whose records are taken before others', in this order. */
  readonly prefer?: readonly string[]
  /**
   * By topic, how many milliseconds after its timestamp a record is given out; what lies behind it in its partition
   * waits with it, and no other partition does.
   */
  readonly delays?: ReadonlyMap<string, number>
}

export interface KafkaConsumer {
  /**
   * Records after the consumer's position, in order within a partition, possibly none. Records of partitions that
   * were taken away are never returned afterwards. Rejects with OFFSET_LOST when the position lies outside the log,
   * with TOPIC_REPLACED when the topic was made anew since its partitions were assigned, with TOPICS_UNAVAILABLE (transient) after a while without brokers, and with what `startAt` threw. One poll at a
   * time; it may be called before the records of the last one are committed.
   */
  poll(request: PollRequest): Promise<readonly KafkaRecord[]>
  /**
   * Commits next offsets; never moves a partition back, nor one that is no longer ours; survives an expired session.
   * Rejects with TOPICS_UNAVAILABLE (transient) when brokers stay silent.
   */
  commit(offsets: readonly TopicOffset[]): Promise<void>
  /**
   * The right to what the last poll returned. It is lost before another member can get any of it: when the coordinator
   * may have given us up, and when we join anew. What was not committed by then is returned again, here or there.
   */
  lease(): Lease
  /** The partitions held now. */
  assignment(): readonly TopicPartition[]
  /** Leaves the group within a deadline, whatever the broker does. */
  close(): Promise<void>
}

/** A partition that is newly held, as it is then. */
export interface AssignedPartition extends PartitionOffsets {
  /** Kafka's id of the topic, another one when a topic is made anew; null where the brokers have none (before 2.8). */
  readonly topicId: string | null
  /** The next offset of the group; null when it has none in this topic. */
  readonly committed: number | null
}

export interface ConsumerOptions {
  readonly group: string
  readonly topics: readonly string[]
  /**
   * Asked at each assignment with the partitions newly held; a next offset in the answer takes the place of the
   * group's committed one. A partition that is neither in the answer nor committed starts at the beginning.
   */
  readonly startAt?: (partitions: readonly AssignedPartition[]) => Promise<readonly TopicOffset[]>
  /** Told when partitions come or go, for logs and metrics. */
  readonly onAssignment?: (partitions: readonly TopicPartition[]) => void
}

export interface TopicConfig {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Kafka's own names and texts, such as `cleanup.policy`. */
  readonly config: Readonly<Record<string, string>>
}

export interface PartitionOffsets extends TopicPartition {
  /** The first offset still in the log. */
  readonly low: number
  /** The next offset that will be written. */
  readonly high: number
}

export interface KafkaAdmin {
  /** Topics as they are, their non-default configuration included. */
  topics(): Promise<readonly TopicConfig[]>
  createTopics(topics: readonly TopicConfig[]): Promise<void>
  addPartitions(topic: string, count: number): Promise<void>
  alterTopicConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void>
  deleteTopics(topics: readonly string[]): Promise<void>
  partitionCount(topic: string): Promise<number>
  offsets(topic: string): Promise<readonly PartitionOffsets[]>
  /** Next offsets a group has committed; partitions without a commit are absent. */
  committed(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]>
  setCommitted(group: string, offsets: readonly CommittedOffset[]): Promise<void>
  groups(): Promise<readonly string[]>
  /** How many consumers are in a group now; none when it does not exist. */
  members(group: string): Promise<number>
  deleteGroups(groups: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface KafkaClient {
  producer(): Promise<KafkaProducer>
  consumer(options: ConsumerOptions): Promise<KafkaConsumer>
  admin(): Promise<KafkaAdmin>
  /**
   * Records of one partition from an offset, outside any group, for `tail`, replay and lag by time; stops at the
   * high watermark seen at the start unless `follow`.
   */
  read(
    from: TopicOffset,
    options: { limit?: number; follow?: boolean; signal: AbortSignal }
  ): AsyncIterable<KafkaRecord>
  close(): Promise<void>
}
