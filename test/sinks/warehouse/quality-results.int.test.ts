import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type QualityResult, storeQuality } from '../../../sinks/lake/quality.ts'
import { QualityResults } from '../../../sinks/warehouse/quality-results.ts'
import { memoryDuckDb } from '../../support/memory-duckdb.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'

const result = (day: number, observed: number): QualityResult => ({
  table: 'users',
  ds: new Date(day * 86_400_000).toISOString().slice(0, 10),
  check: 'row_balance',
  severity: 'error',
  passed: true,
  observed,
  expected: '1',
  checkedAt: '2026-11-22T10:00:00.000Z'
})

test('results of years come a part at a time, and those of a day that is checked again take the place of the old', async (t) => {
  const store = new MemoryObjectStore()
  for (let day = 18_000; day < 20_500; day++) await storeQuality(store, 'users', [result(day, 1)])
  const connection = await memoryDuckDb(t)
  const shown = async (): Promise<unknown> => {
    await quality.writeTo(connection, 'memory')
    const sql = 'SELECT count(*)::INTEGER, sum(observed) FROM quality.checks'
    return (await connection.runAndReadAll(sql)).getRows()[0]
  }
  const quality = new QualityResults(store)
  for (const count of [1000, 2000, 2500]) {
    assert.equal(await quality.update(), true)
    assert.deepEqual(await shown(), [count, count])
  }
  assert.equal(await quality.update(), false)
  await storeQuality(store, 'users', [result(18_000, 5)])
  assert.equal(await quality.update(), true)
  assert.deepEqual(await shown(), [2500, 2504])
  // As after a restart, when all of it is read again.
  const again = new QualityResults(store)
  await again.update()
  await again.writeTo(connection, 'memory')
  assert.deepEqual(await shown(), [2500, 2504])
})
