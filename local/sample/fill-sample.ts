import { noCounts, type SampleCounts } from './flaws.ts'
import { type SampleSize, sampleRows } from './generate.ts'
import type { SampleRow } from './source-tables.ts'
import type { SampleTargets } from './targets.ts'
import { writeRows } from './write-rows.ts'

const ROWS_AT_ONCE = 8000

/**
 * Fills the tables with a deterministic sample and says what that is, flaws included; a repeat changes nothing. Users come
 * last, in one statement: where there are any, nothing is missing, whatever was killed.
 */
export async function fillSample(size: SampleSize, targets: SampleTargets): Promise<SampleCounts> {
  const counts = noCounts()
  const users: SampleRow[] = []
  let rows: SampleRow[] = []
  for (const row of sampleRows(size, counts)) {
    if (row.table === 'PG_Users') users.push(row)
    else rows.push(row)
    if (rows.length < ROWS_AT_ONCE) continue
    await writeRows(targets, rows)
    rows = []
  }
  await writeRows(targets, rows)
  await writeRows(targets, users)
  return counts
}
