import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { RawChange } from '../../../schemas/change.ts'
import { tables } from '../../../schemas/tables.ts'
import { PolledTable } from './polled-table.ts'
import { numbered, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace

before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

const n = fc.integer({ min: 1, max: 12 })
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('write' as const), n, text: fc.constantFrom('a', 'b') })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete partition' as const), n }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 6 }) })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) }
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const keyOf = (n: number) => [numbered(n % 3), new Date(1_700_000_000_000 + n), numbered(n)]

async function perform(table: PolledTable, step: Operation): Promise<readonly RawChange[]> {
  if (step.do === 'read') return (await table.readAndCommit(step.limit)).items.map((item) => item.value)
  if (step.do === 'restart') await table.restart()
  if (step.do === 'write')
    await table.run(
      `UPDATE $ SET content = ?, modified_at = toTimestamp(now())
       WHERE user_id = ? AND notification_time = ? AND notification_id = ?`,
      [step.text, ...keyOf(step.n)]
    )
  if (step.do === 'delete')
    await table.run(
      'DELETE FROM $ WHERE user_id = ? AND notification_time = ? AND notification_id = ?',
      keyOf(step.n)
    )
  if (step.do === 'delete partition')
    await table.run('DELETE FROM $ WHERE user_id = ?', [numbered(step.n % 3)])
  return []
}

/** What the changes leave, by notification. */
function heldOf(changes: readonly RawChange[]): [string, string | null][] {
  const rows = new Map<string, string | null>()
  for (const { before, after } of changes) {
    const id = (after ?? before)?.['notification_id'] ?? ''
    if (after) rows.set(id, after['content'] ?? null)
    else rows.delete(id)
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

describe('writes, deletes and reads of a Cassandra table in any order', () => {
  it('leave in the changes what is in the table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 10, maxLength: 50, size: 'max' }),
        async (operations) => {
          const table = new PolledTable(await keyspace.table(tables.userNotifications))
          try {
            const changes: RawChange[] = []
            for (const step of operations) changes.push(...(await perform(table, step)))
            changes.push(...(await table.readThroughPasses(2)))
            const rows = await table.run('SELECT notification_id, content FROM $')
            const expected = rows.map((row): [string, string | null] => [
              String(row['notification_id']),
              row['content'] as string | null
            ])
            assert.deepEqual(
              heldOf(changes),
              expected.toSorted(([a], [b]) => (a < b ? -1 : 1))
            )
          } finally {
            await table.end()
          }
        }
      ),
      { numRuns: 6 }
    )
  })
})
