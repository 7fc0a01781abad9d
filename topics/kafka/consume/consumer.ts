import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../../runtime/errors.ts'
import type { Lease } from '../../../runtime/lease.ts'
import { BackOff } from '../back-off.ts'
import { kafkaError, protocolType } from '../errors.ts'
import { Intake } from './inbox.ts'
import { standingOf } from './group-member.ts'
import type { Connection } from '../connection.ts'
import { Link } from '../wire/link.ts'
import { Membership } from './membership.ts'
import type {
  ConsumerOptions,
  KafkaConsumer,
  KafkaRecord,
  PollRequest,
  TopicOffset,
  TopicPartition
} from '../port.ts'

export interface ConsumerTiming {
  readonly sessionMs: number
  /** Milliseconds without an answer after which an empty poll rejects. */
  readonly unavailableMs: number
  /** Milliseconds a rebalance waits for what was handed out to be committed. */
  readonly drainMs: number
  /** Milliseconds after which a partition that cannot be read, although brokers answer, is a failure. */
  readonly stuckMs: number
}

/** How long commit() keeps trying before it rejects with TOPICS_UNAVAILABLE. */
const commitMs = 30_000

/** How long close() may take, whatever the broker does. */
const closeMs = 3_000

/** A member of a group over topics that exist; it joins in the background. */
export async function openConsumer(
  connection: Connection,
  options: ConsumerOptions & ConsumerTiming
): Promise<KafkaConsumer> {
  const link = new Link(connection)
  try {
    const cluster = await link.cluster()
    await cluster.addMultipleTargetTopics(options.topics)
  } catch (error) {
    await link.close()
    throw kafkaError(error, `read ${options.topics.join(', ')}`)
  }
  const onFault = (error: unknown) => {
    const { message } = kafkaError(error, 'read records')
    connection.log.warn({ group: options.group, reason: message }, 'trying Kafka again')
  }
  return new Consumer(link, new Membership(link, { ...options, onFault }), options.unavailableMs)
}

/** The pull side of a membership: poll() takes from its inbox, commit() waits out rebalances and faults. */
class Consumer implements KafkaConsumer {
  readonly #link: Link
  readonly #membership: Membership
  readonly #unavailableMs: number
  readonly #living: Promise<void>
  #lease: Lease
  #isClosed = false

  constructor(link: Link, membership: Membership, unavailableMs: number) {
    this.#link = link
    this.#membership = membership
    this.#unavailableMs = unavailableMs
    this.#lease = membership.inbox.lease
    this.#living = membership.live()
  }

  assignment(): readonly TopicPartition[] {
    return this.#membership.inbox.inlets.map(({ topic, partition }) => ({ topic, partition }))
  }

  lease(): Lease {
    return this.#lease
  }

  async poll(request: PollRequest): Promise<readonly KafkaRecord[]> {
    const { inbox } = this.#membership
    let intake = new Intake(request)
    let { epoch } = inbox
    let until = performance.now() + request.waitMs
    while (!request.signal.aborted && !this.#isClosed) {
      this.#throwIfFailed()
      const wasEmpty = intake.records.length === 0
      await inbox.take(intake)
      if (epoch !== inbox.epoch) {
        // A rebalance: what was gathered may be another member's now, and is read again if it is ours.
        intake = new Intake(request)
        epoch = inbox.epoch
      } else if (wasEmpty && intake.records.length > 0) until = performance.now() + request.lingerMs
      if (intake.isFull || performance.now() >= until) break
      await inbox.changed.wait(Math.min(until - performance.now(), intake.dueInMs), request.signal)
    }
    if (epoch !== inbox.epoch) return []
    if (intake.records.length === 0) this.#throwIfUnavailable()
    inbox.handOver()
    this.#lease = inbox.lease
    return intake.records
  }

  async commit(offsets: readonly TopicOffset[]): Promise<void> {
    const { inbox, group } = this.#membership
    const backOff = new BackOff()
    const until = performance.now() + commitMs
    for (;;) {
      await this.#settled(until)
      const wanted = inbox.committable(offsets)
      if (wanted.length === 0) return
      try {
        await group.commit(wanted)
        inbox.committed(wanted)
        return
      } catch (error) {
        this.#orGiveUp(error, until)
        await wait(backOff.next())
      }
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#membership.end()
    await Promise.race([this.#living, wait(closeMs, undefined, { ref: false })])
    await this.#link.close()
  }

  /** Waits until it is known which partitions are ours. */
  async #settled(until: number): Promise<void> {
    const membership = this.#membership
    while (membership.isJoining && !this.#isClosed && performance.now() < until)
      await membership.inbox.changed.wait(until - performance.now())
    this.#throwIfFailed()
    if (membership.isJoining || this.#isClosed)
      throw new CourantError('TOPICS_UNAVAILABLE', 'The group could not be joined in time to commit', {
        cause: membership.lastFault
      })
  }

  #orGiveUp(error: unknown, until: number): void {
    const known = kafkaError(error, 'commit offsets')
    const isPassing = known instanceof CourantError && known.verdict === 'transient'
    if (!isPassing || performance.now() >= until) throw known
    if (standingOf(error)) this.#membership.doubt()
    else if (protocolType(error) === null) this.#link.discard()
  }

  #throwIfFailed(): void {
    const membership = this.#membership
    if (membership.failure) throw membership.failure
    const fault = membership.takeStartFault()
    if (fault !== null) throw kafkaError(fault, 'ask where to start')
  }

  #throwIfUnavailable(): void {
    const { answeredAt, lastFault } = this.#membership
    const silentMs = performance.now() - answeredAt
    if (silentMs < this.#unavailableMs) return
    if (lastFault) throw kafkaError(lastFault, 'read records')
    throw new CourantError('TOPICS_UNAVAILABLE', `No broker has answered for ${silentMs} ms`)
  }
}
