import { operatorPages } from '../../dashboard/operator-page.ts'
import type { PipelineView } from '../../dashboard/status.ts'
import { buildOperator } from '../../edge/operator.ts'
import { cleanUsers } from '../../processors/clean-users.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { stageSchema, subjectOf } from '../../schemas/subjects.ts'
import { tables } from '../../schemas/tables.ts'
import { topicCatalogue, topicsOf } from '../../topics/catalogue.ts'
import { deadLetterHeaders } from '../../topics/headers.ts'
import type { PipelineHealth } from '../../topics/health/health.ts'
import { auditTopic } from '../../topics/audit-topic.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { partitionFor } from '../../topics/kafka/produce/partitioner.ts'
import { encoder } from '../../topics/registry/codec.ts'
import { userChange } from '../support/changes.ts'
import { memoryTopics } from '../support/memory-topics.ts'

/** Markup, script and address that would run if anything were written as it is. */
export const hostile = `"><script>globalThis.owned=1</script><img src=x onerror=globalThis.owned=1> javascript:alert(1) '\u202e`

export const clean = topicsOf(tables.users).clean

const health: PipelineHealth = {
  name: 'clean-users',
  level: 'keepsUp',
  reason: 'inTime',
  code: null,
  seconds: 0,
  promiseSeconds: 300,
  notices: []
}

/** A pipeline as the page shows it, that is well unless something else is said. */
export const viewed = (
  some: Partial<PipelineView> = {},
  how: Partial<PipelineHealth> = {}
): PipelineView => ({
  name: 'clean-users',
  state: 'running',
  elsewhere: null,
  health: { ...health, name: some.name ?? 'clean-users', ...how },
  read: 1200,
  written: 1200,
  held: 0,
  rejected: 0,
  deadLetters: 0,
  perSecond: 0,
  readsTopics: true,
  lag: 0,
  lagSeconds: 0,
  lagAskedAt: new Date(),
  lastBatchAt: new Date(),
  ...some
})

/** An installation in memory with its pages; what they say of pipelines is in `views`. */
export async function pagesWorld(users = '') {
  const { connection, context } = await memoryTopics({ pipelines: [cleanUsers.name] })
  await applyPlan(await planTopics([auditTopic], connection, context.settings), connection)
  const views: PipelineView[] = [viewed()]
  const app = buildOperator({
    metrics: new MetricsRegistry(),
    isReady: () => true,
    pages: operatorPages({
      connection,
      declared: {
        pipelines: [cleanUsers],
        topics: topicCatalogue([cleanUsers.name]),
        systemOf: () => 'activity'
      },
      users,
      view: async () => ({ at: new Date(), pipelines: views })
    })
  })
  const producer = await connection.producer()
  const id = await connection.registry.idOf(subjectOf(clean.name), stageSchema(tables.users, 'clean'))
  const encode = encoder(clean.type, id)
  const partitions = async (topic: string) => {
    const admin = await connection.kafka.admin()
    return admin.partitionCount(topic)
  }
  return {
    app,
    views,
    connection,
    context,
    get: (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers }),
    /** Sends a form, as a browser does from a page of the server itself unless other headers say so. */
    post: (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: {
          host: 'localhost',
          origin: 'http://localhost',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers
        },
        payload: new URLSearchParams(fields).toString()
      }),
    /** Publishes a clean user under a key. */
    async publish(key: string, change: unknown = userChange(1).value, headers: Record<string, string> = {}) {
      const partition = partitionFor(key, await partitions(clean.name))
      await producer.send([{ topic: clean.name, partition, key, value: encode(change), headers }])
      return partition
    },
    /** Sets aside a record that came from the changes of users. */
    async setAside(code: string, message: string, key = 'k') {
      await producer.send([
        {
          topic: `${cleanUsers.name}.dead`,
          partition: 0,
          key,
          value: Buffer.from(hostile),
          headers: {
            [deadLetterHeaders.topic]: 'activity.users.changes',
            [deadLetterHeaders.partition]: '0',
            [deadLetterHeaders.offset]: '7',
            [deadLetterHeaders.stage]: 'TRANSFORMATION',
            [deadLetterHeaders.exceptionClass]: code,
            [deadLetterHeaders.exceptionMessage]: message
          }
        }
      ])
    }
  }
}
