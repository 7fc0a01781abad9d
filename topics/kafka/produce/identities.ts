import { CourantError } from '../../../runtime/errors.ts'
import { type Lease, requireLease } from '../../../runtime/lease.ts'
import { protocolType } from '../errors.ts'
import type { Cluster } from '../admin/kafkajs-cluster.ts'
import type { Lane } from './lane.ts'

/** A producer id of the brokers', and how far each partition has got that is written under it. */
export interface Identity {
  readonly producerId: number
  readonly epoch: number
  /** The next sequence number by `topic/partition`. */
  readonly sequences: Map<string, number>
}

interface Asked {
  readonly cluster: Cluster
  /** Brokers that batches go to now. */
  readonly leaders: ReadonlyMap<number, unknown>
  readonly lease: Lease | undefined
}

interface Known {
  readonly at: number
  readonly identity: Promise<Identity>
}

/** Kafka forgets a transactional id that nobody asks for in a week (`transactional.id.expiration.ms`), and with it the epoch. */
const lastsMs = 24 * 3_600_000

/** Must be given, and bounds nothing: no transaction is ever begun. */
const transactionTimeout = 60_000

const transactionCoordinator = 1

/**
 * The identities of one producer. What was read under a lease is written under an identity of the partition it was read
 * from: a transactional id that all members of the group share, whose epoch grows each time one takes the partition up.
 * From the first batch of the newer epoch on, a leader refuses those of the older one, however long they were on their
 * way; no transaction is needed for that. Everything else goes under one identity that nobody shares.
 */
export class Identities {
  #own: Known | null = null
  readonly #ofLease = new WeakMap<Lease, Map<string, Known>>()

  /** The identity of each lane. */
  async of(lanes: readonly Lane[], asked: Asked): Promise<ReadonlyMap<Lane, Identity>> {
    return new Map(
      await Promise.all(lanes.map(async (lane) => [lane, await this.#identityOf(lane, asked)] as const))
    )
  }

  /** Takes new identities for these lanes next time: nothing in flight can then be taken for what comes next. */
  forget(lanes: readonly Lane[], lease: Lease | undefined): void {
    for (const lane of lanes)
      if (isFenced(lane, lease)) this.#ofLease.get(lease)?.delete(lane.from)
      else this.#own = null
  }

  /** Like `forget`, for those that Kafka is going to forget. */
  forgetOld(lanes: readonly Lane[], lease: Lease | undefined): void {
    const isOld = (known: Known | null | undefined) => !!known && performance.now() - known.at > lastsMs
    this.forget(
      lanes.filter((lane) =>
        isOld(isFenced(lane, lease) ? this.#ofLease.get(lease)?.get(lane.from) : this.#own)
      ),
      lease
    )
  }

  #identityOf(lane: Lane, asked: Asked): Promise<Identity> {
    const { lease } = asked
    if (!isFenced(lane, lease)) {
      this.#own ??= kept(ownIdentity(asked), () => (this.#own = null))
      return this.#own.identity
    }
    let identities = this.#ofLease.get(lease)
    if (!identities) this.#ofLease.set(lease, (identities = new Map()))
    const known =
      identities.get(lane.from) ??
      kept(fencedIdentity(asked.cluster, lease, lane.from), () => identities.delete(lane.from))
    identities.set(lane.from, known)
    return known.identity
  }
}

type Fenced = Lease & Required<Pick<Lease, 'fence'>>

/** Whether the next owner of what a lane was read from keeps out what of it is late. */
export const isFenced = (lane: Lane, lease: Lease | undefined): lease is Fenced =>
  lease?.fence !== undefined && lane.from !== ''

/** Kept until it is forgotten; one that was not got is asked for again. */
function kept(identity: Promise<Identity>, drop: () => void): Known {
  identity.catch(drop)
  return { at: performance.now(), identity }
}

async function ownIdentity({ cluster, leaders }: Asked): Promise<Identity> {
  const [nodeId] = leaders.keys()
  const broker = await cluster.findBroker({ nodeId: nodeId! })
  return identityOf(await broker.initProducerId({ transactionTimeout: 0 }))
}

/**
 * Asks the group after the epoch was given: whoever has the partitions then has them still, so that each later owner
 * gets a greater epoch. Asked before, a process could be stopped between the two and take the epoch of its heir.
 */
async function fencedIdentity(cluster: Cluster, lease: Fenced, from: string): Promise<Identity> {
  requireLease(lease)
  const given = await nextEpoch(cluster, `${lease.fence.name}/${from}`)
  await lease.fence.confirm()
  return identityOf(given)
}

async function nextEpoch(cluster: Cluster, transactionalId: string) {
  try {
    const coordinator = await cluster.findGroupCoordinator({
      groupId: transactionalId,
      coordinatorType: transactionCoordinator
    })
    return await coordinator.initProducerId({ transactionalId, transactionTimeout })
  } catch (error) {
    throw explained(error, transactionalId)
  }
}

/** What nobody would guess: writing needs a right, and a topic of Kafka's own, although no transaction is begun. */
function explained(error: unknown, transactionalId: string): unknown {
  const type = protocolType(error)
  if (type === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    return new CourantError(
      'TOPICS_REFUSED',
      `Kafka refuses the transactional id ${transactionalId}: give the right to write it, as \`courant topics acls\` prints`,
      { cause: error }
    )
  if (type === 'GROUP_COORDINATOR_NOT_AVAILABLE')
    return new CourantError(
      'TOPICS_UNAVAILABLE',
      'Kafka has no coordinator of transactional ids yet: if that lasts, see that transaction.state.log.replication.factor is not more than its brokers',
      { cause: error }
    )
  return error
}

const identityOf = (given: { producerId: string; producerEpoch: number }): Identity => ({
  producerId: Number(given.producerId),
  epoch: given.producerEpoch,
  sequences: new Map()
})
