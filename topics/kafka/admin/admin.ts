import { setTimeout as wait } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { CourantError, verdictOf } from '../../../runtime/errors.ts'
import { BackOff } from '../back-off.ts'
import { type Connection, kafkajsConfig } from '../connection.ts'
import { kafkajs } from './kafkajs.ts'
import { kafkaError, protocolType } from '../errors.ts'
import { topicsOf } from '../consume/group-member.ts'
import { Link } from '../wire/link.ts'
import type { CommittedOffset, KafkaAdmin, PartitionOffsets, TopicConfig } from '../port.ts'
import { Sockets } from '../wire/sockets.ts'

/** How long one administrative call may take in all. */
const callMs = 30_000

/** How long an answer that means “not yet” is waited for: longer than a broker takes to make its offsets topic. */
const notYetMs = 15_000

const goodbyeMs = 1_000

const unknownTopic = 'UNKNOWN_TOPIC_OR_PARTITION'

/** An administrator that is connected, or a rejection that says why not. */
export async function openAdmin(connection: Connection): Promise<KafkaAdmin> {
  const admin = new KafkajsAdmin(connection)
  try {
    await admin.groups()
    return admin
  } catch (error) {
    await admin.close()
    throw error
  }
}

/** kafkajs's own admin client, with a deadline for each call and a new client after a fault. */
class KafkajsAdmin implements KafkaAdmin {
  readonly #connection: Connection
  readonly #link: Link
  #current: { readonly admin: Admin; readonly sockets: Sockets } | null = null

  constructor(connection: Connection) {
    this.#connection = connection
    this.#link = new Link(connection)
  }

  topics(): Promise<readonly TopicConfig[]> {
    return this.#call('list topics', async (admin) => {
      const { topics } = await admin.fetchTopicMetadata()
      const own = topics.filter(({ name }) => !name.startsWith('__'))
      const config = await configsOf(
        admin,
        own.map(({ name }) => name)
      )
      return own.map(({ name, partitions }) => ({
        name,
        partitions: partitions.length,
        replicationFactor: partitions[0]?.replicas.length ?? 0,
        config: config.get(name) ?? {}
      }))
    })
  }

  async createTopics(topics: readonly TopicConfig[]): Promise<void> {
    const names = topics.map(({ name }) => name)
    const isNew = await this.#call('create topics', (admin) =>
      admin.createTopics({
        waitForLeaders: false,
        topics: topics.map(({ name, partitions, replicationFactor, config }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: entriesOf(config)
        }))
      })
    )
    if (!isNew) throw new CourantError('TOPICS_REFUSED', `Topics exist already: ${names.join(', ')}`)
    await this.#untilLed(names)
  }

  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#call(`add partitions to ${topic}`, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count }] })
    )
  }

  async alterTopicConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void> {
    await this.#call(`configure ${topic}`, async (admin) => {
      // kafkajs knows only the request that replaces the whole configuration, so what is there is sent along.
      const before = (await configsOf(admin, [topic])).get(topic)
      const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }
      const configEntries = entriesOf({ ...before, ...config })
      await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] })
    })
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    await this.#call('delete topics', (admin) => admin.deleteTopics({ topics: [...topics] }))
    this.#reset()
  }

  partitionCount(topic: string): Promise<number> {
    return this.#call(`describe ${topic}`, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return topics[0]?.partitions.length ?? 0
    })
  }

  offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    return this.#call(`read the offsets of ${topic}`, async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic)
      return offsets
        .map(({ partition, low, high }) => ({ topic, partition, low: Number(low), high: Number(high) }))
        .sort((one, other) => one.partition - other.partition)
    })
  }

  committed(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]> {
    return this.#call(`read the offsets of group ${group}`, async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] })
      return committed.flatMap(({ topic, partitions }) =>
        partitions
          .map(({ partition, offset, metadata }) => ({
            topic,
            partition,
            offset: Number(offset),
            ...(metadata && { note: metadata })
          }))
          .filter(({ offset }) => offset >= 0)
      )
    })
  }

  async setCommitted(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const topics = topicsOf(offsets, ({ partition, offset, note }) => ({
      partition,
      offset: String(offset),
      ...(note !== undefined && { metadata: note })
    }))
    try {
      const cluster = await this.#link.cluster()
      await cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic))
      const coordinator = await cluster.findGroupCoordinator({ groupId: group })
      // No member and no generation: the coordinator takes it only while the group is empty.
      await coordinator.offsetCommit({ groupId: group, groupGenerationId: -1, memberId: '', topics })
    } catch (error) {
      if (protocolType(error) === 'UNKNOWN_MEMBER_ID')
        throw new CourantError('TOPICS_REFUSED', `Group ${group} is active: stop its pipelines first`, {
          cause: error
        })
      this.#link.discard()
      throw kafkaError(error, `set the offsets of group ${group}`)
    }
  }

  groups(): Promise<readonly string[]> {
    return this.#call('list groups', async (admin) => {
      const { groups } = await admin.listGroups()
      return groups.map(({ groupId }) => groupId)
    })
  }

  members(group: string): Promise<number> {
    return this.#call(`describe group ${group}`, async (admin) => {
      const { groups } = await admin.describeGroups([group])
      return groups[0]?.members.length ?? 0
    })
  }

  async deleteGroups(groups: readonly string[]): Promise<void> {
    await this.#call('delete groups', (admin) => admin.deleteGroups([...groups]))
  }

  async close(): Promise<void> {
    await Promise.race([
      Promise.allSettled([this.#link.close(), this.#current?.admin.disconnect()]),
      wait(goodbyeMs, undefined, { ref: false })
    ])
    this.#reset()
  }

  /** The controller has made the topics; the brokers hear of them a moment later. */
  async #untilLed(topics: string[]): Promise<void> {
    const backOff = new BackOff()
    for (const until = performance.now() + callMs; ; await wait(backOff.next())) {
      try {
        await this.#call('find the leaders of new topics', (admin) => admin.fetchTopicMetadata({ topics }))
        return
      } catch (error) {
        const isPassing = verdictOf(error) === 'transient' || (error as CourantError).code === 'TOPIC_MISSING'
        if (!isPassing || performance.now() > until) throw error
      }
    }
  }

  /** Asks again while the broker answers that it cannot yet, such as while a group's coordinator is being chosen. */
  async #call<T>(doing: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    const backOff = new BackOff()
    for (const until = performance.now() + notYetMs; ; await wait(backOff.next())) {
      try {
        return await this.#callOnce(doing, ask)
      } catch (error) {
        const isNotYet = verdictOf(error) === 'transient' && protocolType((error as Error).cause) !== null
        if (!isNotYet || performance.now() > until) throw error
      }
    }
  }

  async #callOnce<T>(doing: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await this.#attempt(ask)
    } catch (error) {
      const type = protocolType(error)
      if (type !== null && type !== unknownTopic) throw kafkaError(error, doing)
      this.#reset()
      if (type === null) throw kafkaError(error, doing)
    }
    // kafkajs asks for the metadata of every topic it ever saw, and one that is gone spoils the answer for all.
    return this.#attempt(ask).catch((error: unknown) => {
      throw kafkaError(error, doing)
    })
  }

  async #attempt<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    const timer = new AbortController()
    const late = wait(callMs, undefined, { signal: timer.signal }).then(() => {
      throw new CourantError('TOPICS_UNAVAILABLE', `Kafka did not answer within ${callMs} ms`)
    })
    late.catch(() => {})
    try {
      return await Promise.race([this.#connected().then(ask), late])
    } finally {
      timer.abort()
    }
  }

  async #connected(): Promise<Admin> {
    if (this.#current) return this.#current.admin
    const sockets = new Sockets()
    const { brokers, via } = this.#connection
    const kafka = new kafkajs.Kafka({
      ...kafkajsConfig(this.#connection),
      brokers: [...brokers],
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
      socketFactory: sockets.factory(via)
    })
    const admin = kafka.admin()
    this.#current = { admin, sockets }
    await admin.connect()
    return admin
  }

  #reset(): void {
    this.#current?.sockets.cut()
    this.#current = null
  }
}

/** What differs from the broker's defaults, by topic. */
async function configsOf(
  admin: Admin,
  topics: readonly string[]
): Promise<Map<string, Readonly<Record<string, string>>>> {
  if (topics.length === 0) return new Map()
  const { resources } = await admin.describeConfigs({
    resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    includeSynonyms: false
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => {
      const own = configEntries.filter(
        ({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG
      )
      return [
        resourceName,
        Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]))
      ]
    })
  )
}

const entriesOf = (config: Readonly<Record<string, string>>) =>
  Object.entries(config).map(([name, value]) => ({ name, value }))
