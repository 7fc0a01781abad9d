import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { kafkajs } from './admin/kafkajs.ts'
import type { Log } from '../../runtime/pipeline.ts'
import { kafkajsLog } from './admin/kafkajs-log.ts'

/** Where Kafka is and how to reach it. */
export interface Connection {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl: NonNullable<KafkaConfig['ssl']>
  readonly sasl: SASLOptions | undefined
  readonly log: Log
  /** Sends connections for one address to another, as a tunnel or a test's proxy needs it. */
  readonly via?: ((address: { host: string; port: number }) => { host: string; port: number }) | undefined
  /** How long a reply may take before its connection counts as dead. */
  readonly requestMs: number
  /** How long the map of topics and leaders is believed while nothing contradicts it. */
  readonly metadataMs: number
}

const connectMs = 3_000

/** The part of kafkajs's configuration that its public client and its inner cluster share. */
export function kafkajsConfig(connection: Connection) {
  const { clientId, ssl, sasl, log, requestMs } = connection
  return {
    clientId,
    ssl,
    ...(sasl && { sasl }),
    connectionTimeout: connectMs,
    requestTimeout: requestMs,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: kafkajsLog(log)
  }
}
