import { CourantError } from '../runtime/errors.ts'
import { type Setting, type Settings, wholeNumber } from '../runtime/settings.ts'
import { brokenBy } from '../schemas/compatibility.ts'
import { avroType } from '../schemas/avro-type.ts'
import type { RecordSchema } from '../schemas/envelope.ts'
import { subjectOf } from '../schemas/subjects.ts'
import type { DeclaredTopic } from './catalogue.ts'
import type { Connection } from './connection.ts'
import { withAdmin } from './kafka/admin/with-admin.ts'
import type { KafkaAdmin, TopicConfig } from './kafka/port.ts'
import { incompatible, type Registry } from './registry/registry.ts'

const partitions: Setting = {
  env: 'COURANT_KAFKA_PARTITIONS',
  describe: 'Partitions a topic is made with, where its declaration does not say',
  default: '3',
  check: wholeNumber(1, 10_000)
}
const replication: Setting = {
  env: 'COURANT_KAFKA_REPLICATION',
  describe:
    'Copies of each partition; 3 in production, where two must then have a record before it is acknowledged',
  default: '1',
  check: wholeNumber(1, 32)
}

export const planSettings: readonly Setting[] = [partitions, replication]

/** One thing that `apply` would do, or refuses to do. */
export type TopicChange =
  | { readonly action: 'create'; readonly topic: string; readonly config: TopicConfig }
  | { readonly action: 'add partitions'; readonly topic: string; readonly from: number; readonly to: number }
  | {
      readonly action: 'configure'
      readonly topic: string
      readonly config: Readonly<Record<string, string>>
    }
  | { readonly action: 'register schema'; readonly topic: string; readonly schema: RecordSchema }
  | { readonly action: 'refuse'; readonly topic: string; readonly error: CourantError }

/** What differs between the declarations and the cluster and registry as they are. Nothing is ever deleted. */
export async function planTopics(
  wanted: readonly DeclaredTopic[],
  { kafka, registry }: Connection,
  settings: Settings
): Promise<readonly TopicChange[]> {
  return withAdmin(kafka, async (admin) => {
    const existing = new Map((await admin.topics()).map((topic) => [topic.name, topic]))
    const changes = wanted.flatMap((topic) =>
      topicChanges(topic, withDefaults(topic, settings), existing.get(topic.name))
    )
    const schemas = await Promise.all(wanted.map((topic) => schemaChanges(topic, registry)))
    return [...changes, ...schemas.flat()]
  })
}

/** Does what the plan says; throws the first refusal before anything is changed. */
export async function applyPlan(
  plan: readonly TopicChange[],
  { kafka, registry }: Connection
): Promise<void> {
  for (const change of plan) if (change.action === 'refuse') throw change.error
  return withAdmin(kafka, async (admin) => {
    const created = plan.flatMap((change) => (change.action === 'create' ? [change.config] : []))
    if (created.length > 0) await admin.createTopics(created)
    for (const change of plan) await applyChange(change, admin, registry)
  })
}

async function applyChange(change: TopicChange, admin: KafkaAdmin, registry: Registry): Promise<void> {
  if (change.action === 'add partitions') await admin.addPartitions(change.topic, change.to)
  if (change.action === 'configure') await admin.alterTopicConfig(change.topic, change.config)
  if (change.action === 'register schema') await registry.register(subjectOf(change.topic), change.schema)
}

function withDefaults(topic: DeclaredTopic, settings: Settings): TopicConfig {
  return {
    name: topic.name,
    partitions: topic.partitions ?? settings.number(partitions),
    replicationFactor: settings.number(replication),
    config: topic.config
  }
}

/**
 * Without it, "acknowledged by all in-sync replicas" may mean by one, and a record be lost with it. Two of three, so
 * that one broker may be away; of fewer replicas, none could be.
 */
function withInSync(config: TopicConfig['config'], replicas: number): TopicConfig['config'] {
  return replicas >= 3 ? { 'min.insync.replicas': '2', ...config } : config
}

function topicChanges(
  declared: DeclaredTopic,
  asked: TopicConfig,
  existing: TopicConfig | undefined
): TopicChange[] {
  const topic = asked.name
  // Of a topic that is there, as many as it has: the setting may have been raised since, which moves no replica.
  const { replicationFactor } = existing ?? asked
  const wanted = { ...asked, config: withInSync(asked.config, replicationFactor) }
  if (!existing) return [{ action: 'create', topic, config: wanted }]
  const changes: TopicChange[] = []
  if (wanted.partitions > existing.partitions)
    changes.push({ action: 'add partitions', topic, from: existing.partitions, to: wanted.partitions })
  if (wanted.partitions < existing.partitions) changes.push(fewerPartitions(declared, wanted, existing))
  const drift = Object.entries(wanted.config).filter(([name, value]) => existing.config[name] !== value)
  if (drift.length > 0) changes.push({ action: 'configure', topic, config: Object.fromEntries(drift) })
  return changes
}

function fewerPartitions(
  { name: topic, schema }: DeclaredTopic,
  wanted: TopicConfig,
  { partitions: has }: TopicConfig
): TopicChange {
  const advice = schema
    ? `Write "partitions": ${has} into the "courant" attribute of its .avsc file, or publish to a new topic`
    : 'Delete it once nothing in it is needed, and apply makes it anew'
  const message = `${topic} has ${has} partitions and cannot go down to ${wanted.partitions}: Kafka never removes partitions. ${advice}`
  return {
    action: 'refuse',
    topic,
    error: new CourantError('TOPICS_REFUSED', message, { details: { topic } })
  }
}

async function schemaChanges({ name, schema }: DeclaredTopic, registry: Registry): Promise<TopicChange[]> {
  if (!schema) return []
  const subject = subjectOf(name)
  const isRegistered = await registry.idOf(subject, schema).then(
    () => true,
    (error: unknown) => {
      if (error instanceof CourantError && error.code === 'SCHEMA_MISSING') return false
      throw error
    }
  )
  if (isRegistered) return []
  const broken = brokenBy(avroType(schema), await registry.versionsOf(subject))
  return broken
    ? [{ action: 'refuse', topic: name, error: incompatible(subject, broken) }]
    : [{ action: 'register schema', topic: name, schema }]
}
