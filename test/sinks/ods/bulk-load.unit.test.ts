import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { CachedRun } from '../../../sinks/ods/cache/cached-run.ts'
import { stagingBatches } from '../../../sinks/ods/sqlserver/bulk-load.ts'
import { column } from './sample-runs.ts'

/** Sizes of the bulks that so many rows with a text of so many characters are loaded by. */
async function bulksOf(rows: number, characters: number): Promise<number[]> {
  const text = 'x'.repeat(characters)
  const run = {
    async *csv() {
      for (let n = 0; n < rows; n++) yield Buffer.from(`k${n},\\x${'00'.repeat(32)},false,${n},${text}\n`)
    }
  }
  const table = { name: 't', columns: [column('texte', 'text')], key: ['texte'], keepHistory: false }
  const sizes: number[] = []
  for await (const batch of stagingBatches(table, run as unknown as CachedRun, 1000))
    sizes.push(batch.rows.length)
  return sizes
}

it('a bulk load is bounded by rows, and by characters where texts are long', async () => {
  assert.deepEqual(await bulksOf(2500, 10), [1000, 1000, 500])
  assert.deepEqual(await bulksOf(20, 1_000_000), [8, 8, 4])
})
