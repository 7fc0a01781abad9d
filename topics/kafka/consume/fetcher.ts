import { setTimeout as wait } from 'node:timers/promises'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'
import { visibleBatches } from './aborted.ts'
import { BackOff } from '../back-off.ts'
import { splitBatches } from '../wire/batch-decoder.ts'
import { kafkaError, protocolType } from '../errors.ts'
import {
  fetchByIdRequest,
  fetchByIdVersion,
  type Fetched,
  type FetchOptions,
  fetchRequest
} from '../wire/fetch-request.ts'
import type { Inbox, Inlet } from './inbox.ts'
import { type Broker, type Cluster, createErrorFromCode, type Protocol } from '../admin/kafkajs-cluster.ts'
import { byLeader } from '../leaders.ts'
import type { Link } from '../wire/link.ts'
import type { TopicOffset } from '../port.ts'
import type { StuckPartitions } from './stuck-partitions.ts'
import { refuseReplaced, type TopicIds, topicIds } from '../wire/topic-ids.ts'

/** How long a broker may hold a fetch that has nothing to give. */
const idleMs = 500

/** The same while a full partition is left out: it must not wait for the idle ones once it has room again. */
const busyMs = 20

/** Of one reply, which stays in memory until the last batch in it is polled. */
const maxBytes = 4 * 1_048_576
const maxPartitionBytes = 1_048_576

const fetchKey = 1
const unknownTopic = 3
/** What a broker says of an id that is no topic's any more, or not that of the topic it has: KIP-516. */
const unknownIds: ReadonlySet<number> = new Set([100, 103])

/** Whom the fetcher tells how it goes. */
export interface FetchWatch {
  /** A broker answered. */
  answered(): void
  /** Something went wrong that will be tried again. */
  failed(error: unknown): void
  /** Told of each partition's answers; outlives a rebalance, which would otherwise begin the count anew. */
  readonly stuck: StuckPartitions
}

const hopeless: ReadonlySet<ErrorCode> = new Set([
  'LOG_UNREADABLE',
  'OFFSET_LOST',
  'TOPIC_REPLACED',
  'TOPICS_REFUSED'
])

/** True for what no further attempt mends: the position is lost, with or without its log, it cannot be read, or Kafka refuses us. */
export function isHopeless(error: unknown): boolean {
  const known = kafkaError(error, 'read records')
  return known instanceof CourantError && hopeless.has(known.code)
}

/** Keeps the inbox filled for one assignment: one fetch in flight to each leader, for the partitions with room. */
export class Fetcher {
  readonly #link: Link
  readonly #inbox: Inbox
  readonly #watch: FetchWatch
  /** Which topics are to be read. */
  readonly #ids: TopicIds
  /** True when a broker does not know a topic: it may be another one when it is known again. */
  #isDoubtful = false
  readonly #busy = new Set<number>()
  readonly #backOff = new BackOff()
  #hopeless: unknown = null

  constructor(link: Link, inbox: Inbox, { watch, ids }: { watch: FetchWatch; ids: TopicIds }) {
    this.#link = link
    this.#inbox = inbox
    this.#watch = watch
    this.#ids = ids
  }

  /** Fetches until `signal` aborts; rejects with what no further attempt mends. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#hopeless === null) {
      try {
        const cluster = await this.#link.cluster()
        await cluster.refreshMetadataIfNecessary()
        if (this.#isDoubtful) await this.#lookAtTopics(cluster)
        for (const [nodeId, inlets] of byLeader(cluster, this.#inbox.inlets))
          if (!this.#busy.has(nodeId)) void this.#fetchFrom(cluster, nodeId, inlets)
      } catch (error) {
        if (isHopeless(error)) this.#hopeless = error
        else await this.#recover(null, error)
      }
      await this.#inbox.changed.wait(idleMs, signal)
    }
    if (this.#hopeless !== null) throw this.#hopeless
  }

  async #lookAtTopics(cluster: Cluster): Promise<void> {
    refuseReplaced(this.#ids, await topicIds(cluster, [...this.#ids.keys()]))
    this.#isDoubtful = false
  }

  #request(broker: Broker, from: readonly TopicOffset[], options: FetchOptions): Protocol<Fetched[]> {
    const isById =
      (broker.versions?.[fetchKey]?.maxVersion ?? 0) >= fetchByIdVersion &&
      from.every(({ topic }) => this.#ids.has(topic))
    return isById ? fetchByIdRequest(from, options, this.#ids) : fetchRequest(from, options)
  }

  /** One fetch; never rejects. */
  async #fetchFrom(cluster: Cluster, nodeId: number, inlets: readonly Inlet[]): Promise<void> {
    const wanted = inlets.filter((inlet) => this.#inbox.hasRoom(inlet))
    if (wanted.length === 0) return
    this.#busy.add(nodeId)
    try {
      const broker = await cluster.findBroker({ nodeId })
      const from = wanted.map(({ topic, partition, fetchAt }) => ({ topic, partition, offset: fetchAt }))
      const maxWaitMs = wanted.length < inlets.length ? busyMs : idleMs
      const parts = await broker.connectionPool.send(
        this.#request(broker, from, { maxWaitMs, maxBytes, maxPartitionBytes })
      )
      this.#accept(wanted, parts)
      this.#backOff.reset()
      this.#watch.answered()
    } catch (error) {
      if (isHopeless(error)) this.#hopeless = error
      else await this.#recover(cluster, error)
    } finally {
      this.#busy.delete(nodeId)
      this.#inbox.changed.notify()
    }
  }

  /** Takes what came; throws the first partition's error once the others are in. */
  #accept(wanted: readonly Inlet[], parts: readonly Fetched[]): void {
    let failure: unknown = null
    for (const part of parts) {
      const inlet = wanted.find((one) => one.partition === part.partition && one.topic === part.topic)
      // The answer to a fetch from before a rebalance is nobody's any more.
      if (!inlet || this.#inbox.find(inlet) !== inlet) continue
      const code = unknownIds.has(part.code) ? unknownTopic : part.code
      const fault = code === 0 ? this.#fill(inlet, part) : createErrorFromCode(code)
      if (code === 0) this.#watch.stuck.answered(inlet, { end: part.end, damage: fault })
      failure ??= fault
    }
    if (failure) throw failure
  }

  /** What is wrong with a part that cannot be taken; another partition need not wait for it. */
  #fill(inlet: Inlet, part: Fetched): Error | null {
    try {
      this.#add(inlet, part)
      return null
    } catch (error) {
      return error as Error
    }
  }

  #add(inlet: Inlet, part: Fetched): void {
    const batches = splitBatches(part.set, inlet)
    const last = batches.at(-1)
    if (!last) return
    // Past the last batch whatever is visible of it: compaction and transaction markers leave gaps.
    inlet.fetchAt = Math.max(inlet.fetchAt, last.lastOffset + 1)
    this.#inbox.add(inlet, visibleBatches(batches, part.aborted))
  }

  async #recover(cluster: Cluster | null, error: unknown): Promise<void> {
    this.#watch.failed(error)
    this.#isDoubtful ||= protocolType(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
    if (protocolType(error) === null) this.#link.discard(cluster)
    else await cluster?.refreshMetadata().catch(() => this.#link.discard(cluster))
    await wait(this.#backOff.next())
  }
}
