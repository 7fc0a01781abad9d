import { CourantError } from '../../../runtime/errors.ts'
import type { Lease } from '../../../runtime/lease.ts'
import { Intake } from '../consume/inbox.ts'
import { type MemoryBroker, type MemoryMember, partitionKey } from './memory-broker.ts'
import type {
  AssignedPartition,
  ConsumerOptions,
  KafkaConsumer,
  KafkaRecord,
  PollRequest,
  TopicOffset,
  TopicPartition
} from '../port.ts'
import { replacedWhileRead } from '../wire/topic-ids.ts'

/** A group member over the in-process broker, with the guards of the real one. */
export class MemoryConsumer implements KafkaConsumer, MemoryMember {
  readonly topics: readonly string[]
  readonly #broker: MemoryBroker
  readonly #options: ConsumerOptions
  #held: readonly TopicPartition[] = []
  /** The next offset to read by `topic/partition`; absent until the start has been asked for. */
  readonly #positions = new Map<string, number>()
  /** Which topics are read, by name. */
  readonly #topicIds = new Map<string, string>()
  /** Another one for each assignment. */
  #lease = { isHeld: true }
  /** That of what was polled. */
  #polled: Lease = this.#lease
  #turn = 0
  #isClosed = false

  constructor(broker: MemoryBroker, options: ConsumerOptions) {
    this.#broker = broker
    this.#options = options
    this.topics = options.topics
    for (const topic of options.topics) broker.topic(topic)
    const group = broker.group(options.group)
    group.members.add(this)
    broker.rebalance(group)
  }

  assigned(partitions: readonly TopicPartition[]): void {
    this.#lease.isHeld = false
    this.#lease = { isHeld: true }
    this.#positions.clear()
    this.#held = partitions
    this.#options.onAssignment?.(partitions)
  }

  assignment(): readonly TopicPartition[] {
    return this.#held
  }

  lease(): Lease {
    return this.#polled
  }

  async poll(request: PollRequest): Promise<readonly KafkaRecord[]> {
    let records: KafkaRecord[] = []
    let until = performance.now() + request.waitMs
    while (!this.#isClosed && !request.signal.aborted) {
      this.#refuseReplaced()
      await this.#findStarts()
      // What was gathered before a rebalance is read again.
      if (this.#polled !== this.#lease) records = []
      this.#polled = this.#lease
      const before = records.length
      const intake = new Intake(request)
      this.#take(records, intake)
      if (before === 0 && records.length > 0) until = performance.now() + request.lingerMs
      if (records.length >= request.limit || performance.now() >= until) break
      await this.#broker.changed.wait(Math.min(until - performance.now(), intake.dueInMs), request.signal)
    }
    return this.#polled === this.#lease ? records : []
  }

  async commit(offsets: readonly TopicOffset[]): Promise<void> {
    const { committed } = this.#broker.group(this.#options.group)
    for (const at of offsets) {
      const key = partitionKey(at)
      const isHeld = this.#held.some((one) => partitionKey(one) === key) && !this.#isReplaced(at.topic)
      if (isHeld && at.offset > (committed.get(key) ?? -1)) committed.set(key, at.offset)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const group = this.#broker.group(this.#options.group)
    group.members.delete(this)
    this.assigned([])
    this.#broker.rebalance(group)
  }

  async #findStarts(): Promise<void> {
    const fresh = this.#held.filter((at) => !this.#positions.has(partitionKey(at)))
    if (fresh.length === 0) return
    const assigned = fresh.map((at) => this.#assigned(at))
    const wished = new Map(
      ((await this.#options.startAt?.(assigned)) ?? []).map((at) => [partitionKey(at), at.offset])
    )
    for (const { topic, topicId, high, committed, ...at } of assigned) {
      const key = partitionKey({ topic, ...at })
      const offset = wished.get(key) ?? committed ?? 0
      if (topicId !== null) this.#topicIds.set(topic, topicId)
      if (offset > high)
        throw new CourantError(
          'OFFSET_LOST',
          `Position ${offset} of ${key} lies outside the log (0 to ${high})`
        )
      this.#positions.set(key, offset)
    }
  }

  #assigned(at: TopicPartition): AssignedPartition {
    const { committed } = this.#broker.group(this.#options.group)
    return {
      ...at,
      low: 0,
      high: this.#broker.log(at.topic, at.partition).length,
      topicId: this.#broker.topic(at.topic).id,
      committed: committed.get(partitionKey(at)) ?? null
    }
  }

  #isReplaced(topic: string): boolean {
    const now = this.#broker.topics.get(topic)?.id
    return now !== undefined && now !== (this.#topicIds.get(topic) ?? now)
  }

  #refuseReplaced(): void {
    for (const [topic, before] of this.#topicIds)
      if (this.#isReplaced(topic))
        throw replacedWhileRead(topic, { id: this.#broker.topic(topic).id, before })
  }

  #take(records: KafkaRecord[], intake: Intake): void {
    // Another partition goes first each time, so that none waits behind one with much to read.
    const first = this.#turn++ % Math.max(1, this.#held.length)
    for (const at of intake.ordered([...this.#held.slice(first), ...this.#held.slice(0, first)])) {
      const key = partitionKey(at)
      const position = this.#positions.get(key)
      if (position === undefined) continue
      const room = intake.limit - records.length
      const page = this.#broker.log(at.topic, at.partition).slice(position, position + room)
      const early = page.findIndex((record) => !intake.isDue(record))
      const due = early === -1 ? page : page.slice(0, early)
      for (const record of due) records.push(record)
      this.#positions.set(key, position + due.length)
    }
  }
}
