import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../../runtime/errors.ts'
import { type Connection, kafkajsConfig } from '../connection.ts'
import { type Cluster, createLogger, KafkaCluster } from '../admin/kafkajs-cluster.ts'
import { Sockets } from './sockets.ts'

/** How long closing waits for goodbyes before it cuts the sockets. */
const goodbyeMs = 1_000

const readCommitted = 1

/**
 * One user's connections to the cluster, made when first needed and made anew after a fault. kafkajs keeps using a
 * connection whose replies never come, and waits for ever to disconnect; so whoever meets a fault discards the
 * whole cluster, which cuts its sockets, and the next call connects again.
 */
export class Link {
  readonly #connection: Connection
  #current: { readonly cluster: Cluster; readonly sockets: Sockets } | null = null
  #connecting: Promise<Cluster> | null = null
  #turn = 0
  #isClosed = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The connected cluster; rejects with kafkajs's error when no broker answers. */
  cluster(): Promise<Cluster> {
    if (this.#isClosed)
      return Promise.reject(new CourantError('TOPICS_UNAVAILABLE', 'The connection to Kafka is closed'))
    this.#connecting ??= this.#connect()
    return this.#connecting
  }

  /** Cuts the connections of the cluster that misbehaved, unless it was replaced already; without one, of any. */
  discard(cluster?: Cluster | null): void {
    const current = this.#current
    if (!current || (cluster && cluster !== current.cluster)) return
    this.#current = null
    this.#connecting = null
    current.sockets.cut()
  }

  /** Says goodbye if the brokers listen, and cuts the connections in any case. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.race([
      this.#current?.cluster.disconnect().catch(() => {}),
      wait(goodbyeMs, undefined, { ref: false })
    ])
    this.discard()
  }

  async #connect(): Promise<Cluster> {
    const sockets = new Sockets()
    const cluster = this.#newCluster(sockets)
    this.#current = { cluster, sockets }
    try {
      await cluster.connect()
      return cluster
    } catch (error) {
      this.discard(cluster)
      throw error
    }
  }

  #newCluster(sockets: Sockets): Cluster {
    const { brokers, via, metadataMs } = this.#connection
    const { logLevel: level, logCreator, ...config } = kafkajsConfig(this.#connection)
    // Each cluster starts with another broker, so that a dead first one does not stand in the way for ever.
    const first = this.#turn++ % brokers.length
    return new KafkaCluster({
      ...config,
      brokers: [...brokers.slice(first), ...brokers.slice(0, first)],
      metadataMaxAge: metadataMs,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: brokers.length },
      allowAutoTopicCreation: false,
      isolationLevel: readCommitted,
      logger: createLogger({ level, logCreator }),
      socketFactory: sockets.factory(via)
    })
  }
}
