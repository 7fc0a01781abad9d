import { deal, dealt, subscription } from './assignment.ts'
import { protocolType } from '../errors.ts'
import { type Moment, momentNow } from './group-lease.ts'
import type { Broker, Cluster, JoinedGroup } from '../admin/kafkajs-cluster.ts'
import type { Link } from '../wire/link.ts'
import type { TopicOffset, TopicPartition } from '../port.ts'
import type { TopicIds } from '../wire/topic-ids.ts'

export interface GroupOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionMs: number
}

/** What a commit's note begins with that says which topic it is of. */
const notePrefix = 'topic '

/** What the coordinator thinks of us: all well, a rebalance has begun, or it does not know us any more. */
export type Standing = 'member' | 'rebalance' | 'expelled'

const standings: Readonly<Record<string, Standing>> = {
  REBALANCE_IN_PROGRESS: 'rebalance',
  ILLEGAL_GENERATION: 'expelled',
  UNKNOWN_MEMBER_ID: 'expelled',
  FENCED_INSTANCE_ID: 'expelled'
}

const movedCoordinator = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE'])

/** The standing an error of the group protocol tells, or null when it tells none. */
export function standingOf(error: unknown): Standing | null {
  return standings[protocolType(error) ?? ''] ?? null
}

/** Our place in a consumer group: one request of the group protocol a method, no loop and no timer. */
export class GroupMember {
  readonly #link: Link
  readonly #options: GroupOptions
  /** When the request was sent that the coordinator last took from us as a member. */
  takenAt: Moment = momentNow()
  #memberId = ''
  #generation = -1
  /** Which topics the offsets are of: kept with each commit, since Kafka itself takes one that comes late for a new topic of the same name. */
  topicIds: TopicIds = new Map()
  #coordinator: { cluster: Cluster; broker: Broker } | null = null

  constructor(link: Link, options: GroupOptions) {
    this.#link = link
    this.#options = options
  }

  /** Joins, or joins again; resolves with the partitions that are ours until the next rebalance. */
  async join(): Promise<TopicPartition[]> {
    const { group, topics, sessionMs } = this.#options
    const cluster = await this.#link.cluster()
    await cluster.addMultipleTargetTopics(topics)
    try {
      const coordinator = await this.#findCoordinator()
      const joined = await coordinator.joinGroup({
        groupId: group,
        sessionTimeout: sessionMs,
        rebalanceTimeout: sessionMs,
        memberId: this.#memberId,
        groupProtocols: [subscription(topics)]
      })
      this.#memberId = joined.memberId
      this.#generation = joined.generationId
      const plan = joined.leaderId === joined.memberId ? await this.#plan(cluster, joined) : []
      const sentAt = momentNow()
      const { memberAssignment } = await coordinator.syncGroup({
        groupId: group,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: plan
      })
      this.takenAt = sentAt
      return dealt(memberAssignment, topics)
    } catch (error) {
      this.noteFault(error)
      throw error
    }
  }

  async heartbeat(): Promise<Standing> {
    try {
      const coordinator = await this.#findCoordinator()
      const sentAt = momentNow()
      await coordinator.heartbeat({
        groupId: this.#options.group,
        groupGenerationId: this.#generation,
        memberId: this.#memberId
      })
      this.takenAt = sentAt
      return 'member'
    } catch (error) {
      this.noteFault(error)
      const standing = standingOf(error)
      if (standing) return standing
      throw error
    }
  }

  async commit(offsets: readonly TopicOffset[]): Promise<void> {
    try {
      const coordinator = await this.#findCoordinator()
      await coordinator.offsetCommit({
        groupId: this.#options.group,
        groupGenerationId: this.#generation,
        memberId: this.#memberId,
        topics: topicsOf(offsets, ({ topic, partition, offset }) => ({
          partition,
          offset: String(offset),
          metadata: this.#noteOf(topic)
        }))
      })
    } catch (error) {
      this.noteFault(error)
      throw error
    }
  }

  /** Next offsets the group has committed of these partitions; absent where they are of another topic than `topicIds` has. */
  async committed(partitions: readonly TopicPartition[]): Promise<TopicOffset[]> {
    if (partitions.length === 0) return []
    const coordinator = await this.#findCoordinator()
    const { responses } = await coordinator.offsetFetch({
      groupId: this.#options.group,
      topics: topicsOf(partitions, ({ partition }) => ({ partition }))
    })
    return responses.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ metadata }) => this.#isOf(topic, metadata ?? ''))
        .map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
        .filter(({ offset }) => offset >= 0)
    )
  }

  /** Without an id there is nothing to compare: not to believe the commit would read the whole topic again. */
  #isOf(topic: string, note: string): boolean {
    return !this.topicIds.has(topic) || !note.startsWith(notePrefix) || note === this.#noteOf(topic)
  }

  #noteOf(topic: string): string {
    const id = this.topicIds.get(topic)
    return id === undefined ? '' : `${notePrefix}${id}`
  }

  async leave(): Promise<void> {
    if (this.#memberId === '') return
    const coordinator = await this.#findCoordinator()
    await coordinator.leaveGroup({ groupId: this.#options.group, memberId: this.#memberId })
    this.#memberId = ''
  }

  /** Forgets what an error proves wrong: a coordinator that moved, a member id nobody knows. */
  noteFault(error: unknown): void {
    const type = protocolType(error) ?? ''
    if (movedCoordinator.has(type)) this.#coordinator = null
    if (type === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
  }

  async #findCoordinator(): Promise<Broker> {
    const cluster = await this.#link.cluster()
    if (this.#coordinator?.cluster !== cluster) {
      await cluster.addMultipleTargetTopics(this.#options.topics)
      const broker = await cluster.findGroupCoordinator({ groupId: this.#options.group })
      this.#coordinator = { cluster, broker }
    }
    return this.#coordinator.broker
  }

  /** The leader deals the partitions out to all members. */
  async #plan(
    cluster: Cluster,
    joined: JoinedGroup
  ): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    // Members may subscribe to topics we do not, and partitions may have been added since the last time.
    await cluster.refreshMetadata()
    return deal(joined.members, (topic) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
    )
  }
}

/** Partitions in the shape of the protocol: by topic. */
export function topicsOf<P extends TopicPartition, E>(
  partitions: readonly P[],
  entry: (at: P) => E
): { topic: string; partitions: E[] }[] {
  const topics = Map.groupBy(partitions, (at) => at.topic)
  return [...topics].map(([topic, ofTopic]) => ({ topic, partitions: ofTopic.map(entry) }))
}
