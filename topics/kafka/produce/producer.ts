import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../../runtime/errors.ts'
import { type Lease, LeaseLost, requireLease } from '../../../runtime/lease.ts'
import { BackOff } from '../back-off.ts'
import type { CodecName } from '../wire/compression.ts'
import type { Connection } from '../connection.ts'
import { kafkaError, protocolType } from '../errors.ts'
import { Identities, type Identity, isFenced } from './identities.ts'
import { type Cluster, createErrorFromCode } from '../admin/kafkajs-cluster.ts'
import { type Lane, lanesOf, openLanes } from './lane.ts'
import { byLeader } from '../leaders.ts'
import { Link } from '../wire/link.ts'
import type { KafkaProducer, OutgoingRecord, SendOptions } from '../port.ts'
import { type ProduceReply, produceRequest } from '../wire/produce-request.ts'

export interface ProducerOptions {
  readonly compression: CodecName
  /** Milliseconds until a send gives up. */
  readonly deliveryMs: number
}

/** Kafka's code for a batch it has already: what a lost reply was about. */
const duplicateSequence = 46

/** Another producer has our identity in a newer epoch, or the broker does not know it any more. */
const oldEpoch = 'INVALID_PRODUCER_EPOCH'

/** The broker does not know our identity any more, or lost count of it; a new one starts from 0. */
const lostIdentity = new Set(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', oldEpoch])

/** How long the leader may wait for the other replicas: less than a dead connection takes to notice. */
const ackMs = 8_000

/** Seen for a moment while a topic is being made or a broker starts. */
const topicGraceMs = 5_000

/** A producer that is connected, or a rejection that says why not. */
export async function openProducer(connection: Connection, options: ProducerOptions): Promise<KafkaProducer> {
  const producer = new Producer(connection, options)
  try {
    await producer.connect()
  } catch (error) {
    await producer.close()
    throw error
  }
  return producer
}

/**
 * Sends one call at a time, each partition's batches one after the other, with a producer id and sequence numbers
 * of its own: a batch whose reply was lost is sent again byte for byte and the broker drops the repeat. kafkajs's
 * idempotent producer counts sequences wrongly when several sends are in flight and acknowledges what it lost.
 */
class Producer implements KafkaProducer {
  readonly #link: Link
  readonly #options: ProducerOptions
  #last: Promise<unknown> = Promise.resolve()
  readonly #identities = new Identities()
  #isClosed = false

  constructor(connection: Connection, options: ProducerOptions) {
    this.#link = new Link(connection)
    this.#options = options
  }

  async connect(): Promise<void> {
    await this.#link.cluster().catch((error: unknown) => {
      throw kafkaError(error, 'connect a producer')
    })
  }

  send(records: readonly OutgoingRecord[], options: SendOptions = {}): Promise<void> {
    const sent = this.#last.then(() => this.#deliver(records, options))
    this.#last = sent.catch(() => {})
    return sent
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#link.close()
  }

  async #deliver(records: readonly OutgoingRecord[], { signal, lease }: SendOptions): Promise<void> {
    const lanes = lanesOf(records)
    this.#identities.forgetOld(lanes, lease)
    const startedAt = performance.now()
    const backOff = new BackOff()
    try {
      while (lanes.some((lane) => !lane.isDone)) {
        signal?.throwIfAborted()
        if (this.#isClosed) throw new CourantError('TOPICS_UNAVAILABLE', 'The producer is closed')
        try {
          await this.#round(lanes, lease)
          backOff.reset()
        } catch (error) {
          this.#orGiveUp(error, startedAt)
          await wait(backOff.next(), undefined, signal && { signal })
        }
      }
    } catch (error) {
      // What is in flight may still arrive: under another identity it can never be taken for what comes next.
      this.#identities.forget(lanes, lease)
      throw error
    }
  }

  /** One batch of each partition that has any left, to all their leaders at once. */
  async #round(lanes: readonly Lane[], lease?: Lease): Promise<void> {
    const open = openLanes(lanes)
    const cluster = await this.#link.cluster()
    try {
      await cluster.addMultipleTargetTopics([...new Set(open.map((lane) => lane.topic))])
      await cluster.refreshMetadataIfNecessary()
      const leaders = byLeader(cluster, open)
      const identities = await this.#identities.of(open, { cluster, leaders, lease })
      for (const [lane, { producerId, epoch, sequences }] of identities) {
        const sequence = sequences.get(lane.key) ?? 0
        await lane.prepare(this.#options.compression, { producerId, epoch, sequence })
      }
      const sent = await Promise.allSettled(
        [...leaders].map(([nodeId, led]) => this.#sendTo(cluster, nodeId, { led, lease, identities }))
      )
      for (const result of sent) if (result.status === 'rejected') throw result.reason
    } catch (error) {
      refuseSuperseded(error, open, lease)
      if (!(error instanceof LeaseLost)) await this.#recover(cluster, error, { open, lease })
      throw error
    }
  }

  async #sendTo(
    cluster: Cluster,
    nodeId: number,
    { led, lease, identities }: Sending & { readonly led: readonly Lane[] }
  ): Promise<void> {
    const broker = await cluster.findBroker({ nodeId })
    const replies = await broker.connectionPool.send(produceRequest(led, { ackMs, lease }))
    let failure: unknown = null
    for (const lane of led) failure = settle(lane, replies, identities.get(lane)!) ?? failure
    if (failure) throw failure
  }

  async #recover(
    cluster: Cluster,
    error: unknown,
    { open, lease }: { open: readonly Lane[]; lease: Lease | undefined }
  ): Promise<void> {
    const type = protocolType(error)
    if (type !== null && lostIdentity.has(type)) {
      this.#identities.forget(open, lease)
      for (const lane of open) lane.renew()
      return
    }
    // kafkajs asks for the metadata of every topic it ever saw, and one that is gone spoils the answer for all.
    const isStale = type !== null && type !== 'UNKNOWN_TOPIC_OR_PARTITION'
    if (isStale) await cluster.refreshMetadata().catch(() => this.#link.discard(cluster))
    else this.#link.discard(cluster)
  }

  #orGiveUp(error: unknown, startedAt: number): void {
    const known = kafkaError(error, 'write records')
    const elapsedMs = performance.now() - startedAt
    const isFinal = !(known instanceof CourantError) || known.verdict !== 'transient'
    const isPassing =
      known instanceof CourantError && known.code === 'TOPIC_MISSING' && elapsedMs < topicGraceMs
    if (isFinal && !isPassing) throw known
    if (elapsedMs < this.#options.deliveryMs) return
    throw new CourantError('TOPICS_UNAVAILABLE', `Kafka acknowledged nothing for ${elapsedMs} ms`, {
      cause: error
    })
  }
}

interface Sending {
  readonly lease: Lease | undefined
  readonly identities: ReadonlyMap<Lane, Identity>
}

/** Throws LeaseLost where a leader says that the next owner of what we read has written already. */
function refuseSuperseded(error: unknown, lanes: readonly Lane[], lease: Lease | undefined): void {
  if (protocolType(error) !== oldEpoch) return
  if (!lanes.some((lane) => isFenced(lane, lease))) return
  lease?.fence?.lost()
  requireLease(lease)
}

/** The error of this partition, if any. A partition the reply does not name counts as not sent. */
function settle(lane: Lane, replies: readonly ProduceReply[], { sequences }: Identity): unknown {
  const reply = replies.find((one) => one.partition === lane.partition && one.topic === lane.topic)
  if (!reply) return new CourantError('TOPICS_UNAVAILABLE', `The broker did not acknowledge ${lane.key}`)
  if (reply.code === 0 || reply.code === duplicateSequence) {
    const next = (sequences.get(lane.key) ?? 0) + lane.inHand
    sequences.set(lane.key, next & 0x7fffffff)
    lane.acknowledged()
    return null
  }
  const error = createErrorFromCode(reply.code)
  if (error.type !== 'MESSAGE_TOO_LARGE' && error.type !== 'RECORD_LIST_TOO_LARGE') return error
  try {
    lane.split()
    return null
  } catch (tooLarge) {
    return tooLarge
  }
}
