import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JobView } from '../../../schemas/cv/cv-jobs.ts'
import { isOrphan } from '../../../systems/cv/sweep.ts'

const hour = 3_600_000
const jobId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const orphaned = (state: JobView['state'] | null, ageMs: number, name = jobId) =>
  isOrphan(
    `uploads/${name}`,
    { head: async () => ({ modifiedAt: new Date(Date.now() - ageMs) }) as never },
    { view: async () => (state === null ? null : ({ state } as JobView)) }
  )

test('a file is swept once its job was never published or is erased, and never before an upload may have ended', async () => {
  for (const state of ['pending', 'running', 'done', 'failed', 'cancelled'] as const)
    assert.equal(await orphaned(state, 48 * hour), false, state)
  assert.equal(await orphaned(null, 48 * hour), true)
  assert.equal(await orphaned('erased', 48 * hour), true)
  assert.equal(await orphaned(null, 23 * hour), false)
  assert.equal(await orphaned(null, 48 * hour, 'cv of before.pdf'), false)
})
