import { type Connection, share } from '../../topics/connection.ts'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'
import { topicCatalogue } from '../../topics/catalogue.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { memoryRegistry } from '../../topics/registry/memory.ts'
import { testContext, type TestContext } from './context.ts'

/** An installation in this process: every topic of the catalogue, and dead letters of these pipelines. */
export async function memoryTopics(
  options: { env?: Record<string, string>; pipelines?: readonly string[]; kafka?: KafkaClient } = {}
): Promise<{ context: TestContext; connection: Connection }> {
  const { env = {}, pipelines = [], kafka = memoryKafka() } = options
  const context = testContext(env)
  const connection = share(context.settings, { kafka, registry: memoryRegistry() })
  const plan = await planTopics(topicCatalogue(pipelines), connection, context.settings)
  await applyPlan(plan, connection)
  return { context, connection }
}

/** Every record of a topic, partition after partition. */
export async function recordsOf({ kafka }: Connection, topic: string) {
  const admin = await kafka.admin()
  const partitions = await admin.offsets(topic)
  await admin.close()
  const records = []
  for (const { partition, low } of partitions)
    for await (const record of kafka.read(
      { topic, partition, offset: low },
      { signal: AbortSignal.timeout(10_000) }
    ))
      records.push(record)
  return records
}
