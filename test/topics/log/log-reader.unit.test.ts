import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import type { Table } from '../../../schemas/table.ts'
import { tables } from '../../../schemas/tables.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { share } from '../../../topics/connection.ts'
import { union } from '../../../topics/log/union.ts'
import type { Registry } from '../../../topics/registry/registry.ts'
import { userChange } from '../../support/changes.ts'
import { testContext } from '../../support/context.ts'
import { memoryTopics, recordsOf } from '../../support/memory-topics.ts'

const signal = AbortSignal.timeout(30_000)
const users = topicsOf(tables.users)
const groups = topicsOf(tables.groups)
const request = { limit: 100, lingerMs: 0, signal }

describe('a reader of topics', () => {
  it('reads again what it was too late to write, though its repeat window knows it and nothing is committed yet', async () => {
    const { context, connection } = await memoryTopics()
    const writer = await users.clean.writer().open(context)
    const written = [1, 2, 3].map((n) => userChange(n))
    await writer.write(written, { signal })
    const reader = await users.clean.reader('g', { repeatWindow: 10 }).open(context)
    const ids = async () => {
      const batch = await reader.read(request)
      return { batch, ids: batch.items.map(({ id }) => id).sort() }
    }
    const first = await ids()
    const other = await connection.kafka.consumer({ group: 'g', topics: [users.clean.name] })
    await other.close()
    assert.equal(first.batch.lease?.isHeld, false)
    const again = await ids()
    assert.equal(again.batch.lease?.isHeld, true)
    assert.deepEqual(again.ids, first.ids)
    assert.deepEqual(again.ids, written.map(({ id }) => id).sort())
    await reader.close()
  })

  it('loses nothing when the registry does not answer halfway through a batch', async () => {
    const { context, connection } = await memoryTopics()
    const writer = await users.clean.writer().open(context)
    await writer.write(
      [1, 2, 3].map((n) => userChange(n)),
      { signal }
    )
    let isDown = true
    const registry: Registry = {
      ...connection.registry,
      async typeOf(id, subject) {
        if (isDown) throw new CourantError('REGISTRY_UNAVAILABLE', 'no answer')
        return connection.registry.typeOf(id, subject)
      }
    }
    const other = testContext({})
    share(other.settings, { kafka: connection.kafka, registry })
    const reader = await users.clean.reader('g', { repeatWindow: 10 }).open(other)
    for (let attempt = 1; attempt <= 2; attempt++)
      await assert.rejects(reader.read(request), (error: CourantError) => error.verdict === 'transient')
    isDown = false
    const { items, failures } = await reader.read(request)
    assert.deepEqual([items.length, failures], [3, []])
    await reader.close()
  })

  it('sets aside a change without the row it is about', async () => {
    const { context } = await memoryTopics()
    const { value, ...item } = userChange(1)
    const writer = await users.clean.writer().open(context)
    const rowless = [
      { ...item, value: { ...value, after: null } },
      { ...item, value: { ...value, op: 'd' as const } }
    ]
    await writer.write([...rowless, userChange(2)], { signal })
    const reader = await users.clean.reader('g').open(context)
    const { items, failures = [] } = await reader.read({ ...request, lingerMs: 50 })
    assert.equal(items.length, 1)
    assert.deepEqual(
      failures.map(({ error }) => [error.code, error.message]),
      ['c', 'd'].map((op) => ['RECORD_INVALID', `A change with op ${op} lacks its row`])
    )
    await reader.close()
  })

  it('sets aside a change whose time or version is beyond 2^53', async () => {
    const { context } = await memoryTopics()
    const { value, ...item } = userChange(1)
    const writer = await users.clean.writer().open(context)
    const huge = (2n ** 60n) as unknown as number
    const late = { ...item, value: { ...value, source: { ...value.source, ts_us: huge } } }
    await writer.write([late, userChange(2)], { signal })
    const reader = await users.clean.reader('g').open(context)
    const { items, failures = [] } = await reader.read({ ...request, lingerMs: 50 })
    assert.equal(items.length, 1)
    assert.deepEqual(
      failures.map(({ error }) => error.message),
      ['source.ts_us is beyond 2^53: no time or version is']
    )
    await reader.close()
  })

  it('reads several topics as one group, and each item says which one it is of', async () => {
    const { context, connection } = await memoryTopics()
    const all = union([tables.users, tables.groups].map((table: Table) => topicsOf(table).clean))
    assert.equal(all.name, 'activity.users.clean,activity.groups.clean')
    await (await users.clean.writer().open(context)).write([userChange(1)], { signal })
    const { value } = userChange(2)
    const group = { id: userChange(2).key, name: 'Chess', description: null, created_at: 1, updated_at: null }
    await (await groups.clean.writer().open(context)).write(
      [{ ...userChange(2), value: { ...value, after: group } }],
      { signal }
    )
    const reader = await all.reader('g').open(context)
    const { items } = await reader.read({ ...request, lingerMs: 50 })
    assert.deepEqual(items.map(({ topic }) => topic).sort(), [
      'activity.groups.clean',
      'activity.users.clean'
    ])
    await reader.close()
    await assert.rejects(all.writer().open(context), /write to one of/)
    await connection.kafka.close()
  })

  it('does not say it has caught up before it holds a partition', async () => {
    const { context } = await memoryTopics()
    const readers = await Promise.all([1, 2, 3, 4].map(() => users.clean.reader('g').open(context)))
    const batches = await Promise.all(readers.map((reader) => reader.read(request)))
    assert.equal(batches.filter(({ caughtUp }) => caughtUp).length, 3)
    await Promise.all(readers.map((reader) => reader.close()))
  })
})

describe('the rejects channel', () => {
  it('keeps what was rejected, why, and where it was read', async () => {
    const { context, connection } = await memoryTopics()
    const change = userChange(1)
    const after = { id: change.key, email: null }
    const input = { ...change.value, before: null, after }
    const item = { ...change, value: input, topic: users.changes.name, partition: 2, offset: 41 }
    const reasons = ['email_missing', 'created_at_missing']
    const rejected = { input, reason: 'email_missing', field: 'email', reasons, item }
    const writer = await users.rejects.writer().open(context)
    await writer.write([{ ...change, value: rejected }], { signal })
    const [record] = await recordsOf(connection, users.rejects.name)
    assert.equal(record?.key?.toString(), change.key)
    const reader = await users.rejects.topic.reader('g').open(context)
    const { items } = await reader.read(request)
    const { row_version, row_hash, ts_us } = input.source
    assert.deepEqual(items[0]?.value, {
      reason: 'email_missing',
      field: 'email',
      key: change.key,
      topic: users.changes.name,
      partition: 2,
      offset: 41,
      row_version,
      row_hash,
      at_us: ts_us,
      op: 'c',
      after: {
        id: change.key,
        first_name: null,
        last_name: null,
        email: null,
        created_at: null,
        updated_at: null
      },
      reasons
    })
    await reader.close()
  })
})
