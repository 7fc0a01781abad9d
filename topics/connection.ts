import type { Log } from '../runtime/pipeline.ts'
import type { Setting, Settings } from '../runtime/settings.ts'
import { kafkaClient, kafkaSettings } from './kafka/client.ts'
import type { KafkaClient, KafkaProducer } from './kafka/port.ts'
import { prefixedKafka } from './prefix.ts'
import { confluentRegistry, type Registry, registrySettings } from './registry/registry.ts'

/** What stands before every name; only who speaks to Kafka in another way needs to know it. */
export const topicPrefix: Setting = {
  env: 'COURANT_TOPIC_PREFIX',
  describe:
    'Put before every topic, consumer group and registry subject, for several installations on one cluster',
  default: '',
  check: (text) =>
    /^[a-zA-Z0-9._-]*$/.test(text) ? null : 'may have letters, digits, dots, dashes and underscores'
}

/** What every channel needs of the environment. */
export const connectionSettings: readonly Setting[] = [...kafkaSettings, ...registrySettings, topicPrefix]

/** What the process shares: one Kafka client, one producer and one registry; names in it carry no prefix. */
export interface Connection {
  readonly kafka: KafkaClient
  readonly registry: Registry
  /** The shared producer; it is not the caller's to close. */
  producer(): Promise<KafkaProducer>
}

const connections = new Map<Settings, Connection>()

/** The connection for these settings, made at the first call; nothing connects before it is used. */
export function connectionFor(settings: Settings, log?: Log): Connection {
  const known = connections.get(settings)
  if (known) return known
  return share(settings, {
    kafka: kafkaClient(settings, log ? { log } : {}),
    registry: confluentRegistry(settings)
  })
}

/** Makes connectionFor answer with these for the settings, prefix applied: for tests in memory and special networks. */
export function share(settings: Settings, parts: { kafka: KafkaClient; registry: Registry }): Connection {
  const prefix = settings.text(topicPrefix)
  const kafka = prefixedKafka(parts.kafka, prefix)
  let producer: Promise<KafkaProducer> | undefined
  const connection: Connection = {
    kafka,
    registry: prefixedRegistry(parts.registry, prefix),
    producer() {
      producer ??= kafka.producer().catch((error: unknown) => {
        // Not kept: the next caller tries anew.
        producer = undefined
        throw error
      })
      return producer
    }
  }
  connections.set(settings, connection)
  return connection
}

/** Closes every shared connection; what runs last in a process calls it. */
export async function closeConnections(): Promise<void> {
  const open = [...connections.values()]
  connections.clear()
  await Promise.allSettled(open.map((connection) => connection.kafka.close()))
}

function prefixedRegistry(registry: Registry, prefix: string): Registry {
  if (prefix === '') return registry
  return {
    idOf: (subject, schema) => registry.idOf(prefix + subject, schema),
    typeOf: (id, subject) => registry.typeOf(id, prefix + subject),
    versionsOf: (subject) => registry.versionsOf(prefix + subject),
    register: (subject, schema) => registry.register(prefix + subject, schema)
  }
}
