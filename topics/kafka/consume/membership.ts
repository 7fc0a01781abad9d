import { BackOff } from '../back-off.ts'
import { kafkaError, protocolType } from '../errors.ts'
import { Fetcher, isHopeless } from './fetcher.ts'
import { GroupLease } from './group-lease.ts'
import { GroupMember, type Standing } from './group-member.ts'
import { Inbox, type Start } from './inbox.ts'
import type { Link } from '../wire/link.ts'
import { logRanges, refuseLost } from './log-range.ts'
import type { AssignedPartition, ConsumerOptions, TopicOffset, TopicPartition } from '../port.ts'
import { Signal } from '../signal.ts'
import { StuckPartitions } from './stuck-partitions.ts'
import { refuseReplaced, topicIds } from '../wire/topic-ids.ts'

export interface MembershipOptions extends ConsumerOptions {
  readonly sessionMs: number
  /** Milliseconds a rebalance waits for what was handed out to be committed. */
  readonly drainMs: number
  /** Milliseconds after which a partition that cannot be read, although brokers answer, is a failure. */
  readonly stuckMs: number
  /** Told of each fault that is tried again. */
  readonly onFault: (error: unknown) => void
}

/**
 * The life of a group member: join, find the starts, fetch and beat until the coordinator asks to join again.
 * Beats go by a timer, so a slow pipeline keeps its partitions; the loop outlives every fault that may pass; and
 * nothing a pipeline throws can reach it.
 */
export class Membership {
  readonly inbox = new Inbox()
  readonly group: GroupMember
  readonly stuck: StuckPartitions
  /** True from the moment partitions may be lost until it is known which are ours. */
  isJoining = true
  /** What ended it for good. */
  failure: Error | null = null
  /** When a broker last answered, by performance.now(). */
  answeredAt = performance.now()
  lastFault: unknown = null
  #startFault: unknown = null
  readonly #link: Link
  readonly #options: MembershipOptions
  readonly #stop = new AbortController()
  readonly #beatNow = new Signal()
  readonly #backOff = new BackOff()

  constructor(link: Link, options: MembershipOptions) {
    this.#link = link
    this.#options = options
    this.group = new GroupMember(link, options)
    this.stuck = new StuckPartitions(options.stuckMs)
  }

  /** Lives until `end()` or a failure; never rejects. */
  async live(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.failure) {
      try {
        await this.#oneGeneration()
        this.#backOff.reset()
      } catch (error) {
        await this.#afterFault(error)
      }
      this.isJoining = true
      this.#hold([])
    }
    this.isJoining = false
    this.inbox.changed.notify()
    await this.group.leave().catch(() => {})
  }

  /** Stops living; whatever request is under way is cut off. */
  end(): void {
    this.#stop.abort()
    if (this.isJoining) this.#link.discard()
    this.inbox.changed.notify()
  }

  /** Asks the coordinator at once how we stand: something suggests that we lost our place. */
  doubt(): void {
    this.#beatNow.notify()
  }

  /** What `startAt` threw last, once. */
  takeStartFault(): unknown {
    const fault = this.#startFault
    this.#startFault = null
    return fault
  }

  async #oneGeneration(): Promise<void> {
    const partitions = await this.group.join()
    const lease = new GroupLease(this.#options.sessionMs, this.group.takenAt, {
      name: this.#options.group,
      standing: () => this.group.heartbeat()
    })
    const over = new AbortController()
    const signal = AbortSignal.any([this.#stop.signal, over.signal])
    const beating = this.#beat(lease, signal).finally(() => over.abort())
    try {
      const starts = await this.#starts(partitions)
      if (!signal.aborted) {
        this.#hold(starts, lease)
        this.isJoining = false
        this.inbox.changed.notify()
        await new Fetcher(this.#link, this.inbox, { watch: this, ids: this.group.topicIds }).run(signal)
      }
    } finally {
      over.abort()
      if ((await beating) === 'rebalance' && !this.isJoining) await this.#drain(lease)
      // Before we join again, or leave: from then on others may get what is ours now.
      lease.end()
    }
  }

  answered(): void {
    this.answeredAt = performance.now()
    this.lastFault = null
  }

  failed(error: unknown): void {
    this.lastFault = error
    this.#options.onFault(error)
  }

  /** Beats until the coordinator wants us to join again, or our lease is over; never rejects. */
  async #beat(lease: GroupLease, signal: AbortSignal): Promise<Standing> {
    const { sessionMs } = this.#options
    let counts: string | null = null
    while (!signal.aborted && lease.isHeld) {
      try {
        const standing = await this.group.heartbeat()
        if (standing !== 'member') return standing
        lease.renew(this.group.takenAt)
        if (this.inbox.inlets.length === 0) this.answered()
        const before: string | null = counts
        counts = await this.#partitionCounts()
        if (before !== null && counts !== before) return 'rebalance'
      } catch (error) {
        this.failed(error)
        if (protocolType(error) === null) this.#link.discard()
      }
      await this.#beatNow.wait(sessionMs / 5, signal)
    }
    return signal.aborted ? 'member' : 'expelled'
  }

  /** A text that changes when a topic gets more partitions: the leader must then deal them out. */
  async #partitionCounts(): Promise<string> {
    const { topics } = this.#options
    const cluster = await this.#link.cluster()
    await cluster.addMultipleTargetTopics(topics)
    return topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length).join()
  }

  /** Where to begin: the caller's own offsets, else the group's, else the beginning; never outside the log. */
  async #starts(partitions: readonly TopicPartition[]): Promise<Start[]> {
    if (partitions.length === 0) return []
    const cluster = await this.#link.cluster()
    // First, so that a topic that is made anew from here on is noticed: it is fetched by this id.
    const ids = await topicIds(cluster, [...new Set(partitions.map(({ topic }) => topic))])
    // What is in hand would be committed for the new one.
    refuseReplaced(this.group.topicIds, ids)
    this.group.topicIds = ids
    const ranges = await logRanges(cluster, partitions)
    const committed = await this.group.committed(partitions)
    const assigned = ranges.map(
      (range): AssignedPartition => ({
        ...range,
        topicId: ids.get(range.topic) ?? null,
        committed: committed.find((at) => isSamePlace(at, range))?.offset ?? null
      })
    )
    const wished = await this.#wished(assigned)
    return assigned.map((range) => {
      const { topic, partition } = range
      const own = { topic, partition, offset: range.committed ?? range.low }
      const asked = wished.find((at) => isSamePlace(at, range))
      const start = asked ? { ...asked, isAsked: true } : own
      refuseLost(start, range)
      return start
    })
  }

  async #wished(partitions: readonly AssignedPartition[]): Promise<readonly TopicOffset[]> {
    try {
      return (await this.#options.startAt?.(partitions)) ?? []
    } catch (error) {
      this.#startFault = error
      this.inbox.changed.notify()
      throw error
    }
  }

  #hold(starts: readonly Start[], lease = this.inbox.lease): void {
    const isSame = starts.length === 0 && this.inbox.inlets.length === 0
    this.inbox.assign(starts, lease)
    if (!isSame) this.#options.onAssignment?.(starts.map(({ topic, partition }) => ({ topic, partition })))
  }

  /** Waits, within bounds, until what was handed out is committed, so that a rebalance repeats little. */
  async #drain(lease: GroupLease): Promise<void> {
    this.inbox.pause()
    const until = performance.now() + this.#options.drainMs
    while (!this.inbox.isDrained && lease.isHeld && performance.now() < until && !this.#stop.signal.aborted)
      await this.inbox.changed.wait(until - performance.now(), this.#stop.signal)
  }

  async #afterFault(error: unknown): Promise<void> {
    if (this.#stop.signal.aborted) return
    if (isHopeless(error)) {
      this.failure = kafkaError(error, `read ${this.#options.topics.join(', ')}`)
      return
    }
    this.failed(error)
    if (protocolType(error) === null && error !== this.#startFault) this.#link.discard()
    await this.#beatNow.wait(this.#backOff.next(), this.#stop.signal)
  }
}

const isSamePlace = (one: TopicPartition, other: TopicPartition) =>
  one.topic === other.topic && one.partition === other.partition
