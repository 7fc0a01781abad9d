import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CourantError } from '../../runtime/errors.ts'
import type { Table } from '../../schemas/table.ts'
import { tables } from '../../schemas/tables.ts'
import { type DeclaredTopic, deadLetterTopic, topicCatalogue, topicsOf } from '../../topics/catalogue.ts'
import { share } from '../../topics/connection.ts'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { memoryRegistry } from '../../topics/registry/memory.ts'
import { testContext } from '../support/context.ts'

function installation(env: Record<string, string> = {}) {
  const { settings } = testContext(env)
  const connection = share(settings, { kafka: memoryKafka(), registry: memoryRegistry() })
  const plan = (wanted: readonly DeclaredTopic[]) => planTopics(wanted, connection, settings)
  const apply = async (wanted: readonly DeclaredTopic[]) => applyPlan(await plan(wanted), connection)
  return { connection, plan, apply }
}

const schema = (fields: readonly { name: string; type: string; default?: unknown }[]) =>
  ({ type: 'record', name: 'R', namespace: 'test', doc: '', fields }) as const
const declared = (change: Partial<DeclaredTopic> = {}): DeclaredTopic => ({
  name: 'a.b.c',
  describe: '',
  owner: 'test',
  partitions: 2,
  config: { 'cleanup.policy': 'compact' },
  schema: schema([{ name: 'x', type: 'string' }]),
  ...change
})

describe('the plan of topics', () => {
  it('makes what is missing, and finds nothing left to do afterwards', async () => {
    const { plan, apply, connection } = installation()
    const wanted = topicCatalogue(['clean-users'])
    assert.ok((await plan(wanted)).some(({ action }) => action === 'register schema'))
    await apply(wanted)
    assert.deepEqual(await plan(wanted), [])
    const topics = await (await connection.kafka.admin()).topics()
    const users = topics.find(({ name }) => name === 'activity.users.changes')
    assert.deepEqual([users?.partitions, users?.config['cleanup.policy']], [3, 'compact,delete'])
    assert.equal(topics.find(({ name }) => name === deadLetterTopic('clean-users').name)?.partitions, 1)
  })

  it('changes nothing when only asked', async () => {
    const { plan, connection } = installation()
    await plan([declared()])
    assert.deepEqual(await (await connection.kafka.admin()).topics(), [])
  })

  it('adds partitions and corrects configuration that was changed by hand', async () => {
    const { plan, apply } = installation()
    await apply([declared()])
    const changed = declared({ partitions: 4, config: { 'cleanup.policy': 'delete', 'retention.ms': '1' } })
    assert.deepEqual(
      (await plan([changed])).map(({ action }) => action),
      ['add partitions', 'configure']
    )
    await apply([changed])
    assert.deepEqual(await plan([changed]), [])
  })

  it('has two replicas acknowledge a record where there are three, also of a topic that is there', async () => {
    const { plan, connection } = installation({ COURANT_KAFKA_REPLICATION: '3' })
    const [create] = await plan([declared()])
    assert.equal(create?.action === 'create' && create.config.config['min.insync.replicas'], '2')
    const own = declared({ name: 'own', config: { 'min.insync.replicas': '3' } })
    const admin = await connection.kafka.admin()
    for (const [name, replicationFactor] of [
      ['three', 3],
      ['one', 1]
    ] as const)
      await admin.createTopics([{ name, partitions: 1, replicationFactor, config: {} }])
    const changes = await plan([
      own,
      ...['three', 'one'].map((name) => declared({ name, partitions: 1, config: {} }))
    ])
    // With two wanted of one replica, nothing could be written any more.
    assert.deepEqual(
      changes.flatMap((change) => ('config' in change ? [[change.topic, change.action]] : [])),
      [
        ['own', 'create'],
        ['three', 'configure']
      ]
    )
    const made = changes.find(({ topic }) => topic === 'own')
    assert.equal(made?.action === 'create' && made.config.config['min.insync.replicas'], '3')
  })

  it('refuses fewer partitions with a sentence, before it changes anything', async () => {
    const { apply, connection } = installation()
    await apply([declared()])
    const other = declared({ name: 'd.e.f' })
    await assert.rejects(apply([other, declared({ partitions: 1 })]), /never removes partitions/)
    assert.equal((await (await connection.kafka.admin()).topics()).length, 1)
  })

  it('keeps the partitions of a table whose file declares them, as the refusal says', async () => {
    const { plan, apply } = installation({ COURANT_KAFKA_PARTITIONS: '3' })
    const users = tables.users
    const changes = (table: Table) => topicsOf({ ...table }).changes
    await apply([changes({ ...users, partitions: 6 })])
    await assert.rejects(
      apply([changes(users)]),
      /activity\.users\.changes has 6 .*Write "partitions": 6 into/
    )
    assert.deepEqual(await plan([changes({ ...users, partitions: 6 })]), [])
  })

  it('registers a compatible schema and refuses one that breaks readers', async () => {
    const { plan, apply } = installation()
    await apply([declared()])
    const more = declared({
      schema: schema([
        { name: 'x', type: 'string' },
        { name: 'y', type: 'int', default: 0 }
      ])
    })
    assert.deepEqual(
      (await plan([more])).map(({ action }) => action),
      ['register schema']
    )
    await apply([more])
    const breaking = declared({ schema: schema([{ name: 'x', type: 'int' }]) })
    await assert.rejects(apply([breaking]), (error: CourantError) => error.code === 'SCHEMA_INCOMPATIBLE')
  })

  it('keeps installations apart by their prefix', async () => {
    const kafka = memoryKafka()
    const registry = memoryRegistry()
    const [one, two] = ['one.', 'two.'].map((prefix) => {
      const { settings } = testContext({ COURANT_TOPIC_PREFIX: prefix })
      return { settings, connection: share(settings, { kafka, registry }) }
    })
    assert.ok(one && two)
    await applyPlan(await planTopics([declared()], one.connection, one.settings), one.connection)
    const namesOf = async (client: typeof kafka) =>
      (await (await client.admin()).topics()).map(({ name }) => name)
    assert.deepEqual(await namesOf(kafka), ['one.a.b.c'])
    assert.deepEqual(await namesOf(one.connection.kafka), ['a.b.c'])
    assert.deepEqual(await namesOf(two.connection.kafka), [])
    assert.equal((await planTopics([declared()], two.connection, two.settings)).length, 2)
  })
})
