import type { SASLOptions } from 'kafkajs'
import { CourantError } from '../../runtime/errors.ts'
import type { Log } from '../../runtime/pipeline.ts'
import { inClear } from '../../runtime/process/production.ts'
import {
  fileNamedBy,
  oneOf,
  type Risk,
  type Setting,
  type Settings,
  wholeNumber
} from '../../runtime/settings.ts'
import { openAdmin } from './admin/admin.ts'
import { type CodecName, codecNames } from './wire/compression.ts'
import { openConsumer } from './consume/consumer.ts'
import type { Connection } from './connection.ts'
import { readPartition } from './consume/partition-reader.ts'
import { OpenHandles } from './open-handles.ts'
import type { KafkaClient } from './port.ts'
import { openProducer } from './produce/producer.ts'

export const brokers: Setting = {
  env: 'COURANT_KAFKA_BROKERS',
  describe: 'Kafka brokers to start from, as host:port, separated by commas',
  default: '127.0.0.1:19092',
  check: (text) => (/^[^\s:,]+:\d+(,[^\s:,]+:\d+)*$/.test(text) ? null : 'must be host:port[,host:port…]'),
  risks: kafkaRisks
}
const clientId: Setting = {
  env: 'COURANT_KAFKA_CLIENT_ID',
  describe: "name in the brokers' logs and quotas",
  default: 'courant'
}
const compression: Setting = {
  env: 'COURANT_KAFKA_COMPRESSION',
  describe: 'how produced batches are compressed; all of them are readable',
  default: 'zstd',
  check: oneOf(...codecNames)
}
const sessionMs: Setting = {
  env: 'COURANT_KAFKA_SESSION_MS',
  describe: 'milliseconds without a heartbeat after which a consumer is taken for dead',
  default: '15000',
  check: wholeNumber(6_000, 1_800_000)
}
const stuckMs: Setting = {
  env: 'COURANT_KAFKA_STUCK_MS',
  describe:
    'milliseconds after which a pipeline fails because brokers answer, but give nothing of a partition that has records, or only damaged ones; an outage is waited out however long it takes',
  default: '600000',
  check: wholeNumber(1_000)
}
const sslEnabled: Setting = {
  env: 'COURANT_KAFKA_SSL_ENABLED',
  describe: 'encrypt the connections to Kafka',
  default: 'false',
  check: oneOf('true', 'false')
}
const sslCa: Setting = { env: 'COURANT_KAFKA_SSL_CA', describe: 'file with the authorities to trust (PEM)' }
const sslCert: Setting = { env: 'COURANT_KAFKA_SSL_CERT', describe: 'file with our certificate (PEM)' }
const sslKey: Setting = { env: 'COURANT_KAFKA_SSL_KEY', describe: 'file with our private key (PEM)' }
const saslMechanism: Setting = {
  env: 'COURANT_KAFKA_SASL_MECHANISM',
  describe: 'how we log in to Kafka',
  check: oneOf('plain', 'scram-sha-256', 'scram-sha-512')
}
const saslUsername: Setting = { env: 'COURANT_KAFKA_SASL_USERNAME', describe: 'Kafka user' }
const saslPassword: Setting = {
  env: 'COURANT_KAFKA_SASL_PASSWORD',
  describe: "Kafka user's password",
  secret: true
}

function kafkaRisks(settings: Settings): Risk[] {
  const isEncrypted = settings.text(sslEnabled) === 'true'
  const hasUser = [saslUsername, saslPassword].some((setting) => settings.optional(setting) !== null)
  const hasFiles = [sslCa, sslCert, sslKey].some((setting) => settings.optional(setting) !== null)
  return [
    ...inClear('kafka-plaintext', {
      addresses: settings.text(brokers).split(','),
      isEncrypted,
      remedy: `set ${sslEnabled.env}=true`
    }),
    ...(hasUser && settings.optional(saslMechanism) === null
      ? [{ name: 'kafka-no-login', says: `nobody logs in to Kafka without ${saslMechanism.env}: set it` }]
      : []),
    ...(hasFiles && !isEncrypted
      ? [
          {
            name: 'kafka-unused-tls',
            says: `the files for TLS with Kafka are not used: set ${sslEnabled.env}=true`
          }
        ]
      : [])
  ]
}

/** Every setting the port reads that must be right. */
export const kafkaSettings: readonly Setting[] = [
  brokers,
  clientId,
  compression,
  sessionMs,
  stuckMs,
  sslEnabled
]

/** Settings that may be absent; given ones are checked when the client is made. */
export const kafkaSecuritySettings: readonly Setting[] = [
  sslCa,
  sslCert,
  sslKey,
  saslMechanism,
  saslUsername,
  saslPassword
]

/** What tests and special networks set by hand. */
export interface KafkaClientOptions {
  readonly log?: Log
  /** Sends connections for one address to another, as a tunnel or a test's proxy needs it. */
  readonly via?: Connection['via']
  /** Milliseconds until a reply that does not come counts as a dead connection. */
  readonly requestMs?: number
  /** Milliseconds after which topics are looked up anew, to see partitions that were added. */
  readonly metadataMs?: number
  /** Milliseconds until a send gives up with TOPICS_UNAVAILABLE. */
  readonly deliveryMs?: number
  /** Milliseconds without contact after which an empty poll rejects with TOPICS_UNAVAILABLE. */
  readonly unavailableMs?: number
  /** Milliseconds a rebalance waits for what was handed out to be committed. */
  readonly drainMs?: number
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** The Kafka port over real brokers. Nothing connects before something is opened. */
export function kafkaClient(settings: Settings, options: KafkaClientOptions = {}): KafkaClient {
  const connection = connectionFrom(settings, options)
  const codec = settings.text(compression) as CodecName
  const session = settings.number(sessionMs)
  const handles = new OpenHandles()
  return {
    producer: () =>
      handles.keep(
        openProducer(connection, { compression: codec, deliveryMs: options.deliveryMs ?? 30_000 })
      ),
    consumer: (wanted) =>
      handles.keep(
        openConsumer(connection, {
          ...wanted,
          sessionMs: session,
          unavailableMs: options.unavailableMs ?? 30_000,
          drainMs: options.drainMs ?? 5_000,
          stuckMs: settings.number(stuckMs)
        })
      ),
    admin: () => handles.keep(openAdmin(connection)),
    read: (from, how) => readPartition(connection, from, how),
    close: () => handles.close()
  }
}

function connectionFrom(settings: Settings, options: KafkaClientOptions): Connection {
  return {
    brokers: settings.text(brokers).split(','),
    clientId: settings.text(clientId),
    ssl: sslFrom(settings),
    sasl: saslFrom(settings),
    log: options.log ?? silent,
    requestMs: options.requestMs ?? 10_000,
    metadataMs: options.metadataMs ?? 60_000,
    ...(options.via && { via: options.via })
  }
}

function sslFrom(settings: Settings): Connection['ssl'] {
  if (settings.text(sslEnabled) !== 'true') return false
  const [ca, cert, key] = [sslCa, sslCert, sslKey].map((setting) => {
    const path = settings.optional(setting)
    return path === null ? null : fileNamedBy(setting, path)
  })
  return { ...(ca && { ca: [ca] }), ...(cert && { cert }), ...(key && { key }) }
}

function saslFrom(settings: Settings): SASLOptions | undefined {
  if (settings.optional(saslMechanism) === null) return undefined
  const mechanism = settings.text(saslMechanism) as 'plain' | 'scram-sha-256' | 'scram-sha-512'
  const username = settings.text(saslUsername)
  const password = settings.text(saslPassword)
  if (mechanism === 'plain' && settings.text(sslEnabled) !== 'true')
    throw new CourantError(
      'CONFIG_INVALID',
      `${saslMechanism.env} plain would send the password in clear: set ${sslEnabled.env}=true or use scram-sha-512`
    )
  return { mechanism, username, password }
}
