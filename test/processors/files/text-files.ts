import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { TestContext } from 'node:test'
import { checkFile, type CheckOptions } from '../../../processors/files/check/check-file.ts'
import type { GoodRow, RejectedRow } from '../../../processors/files/check/judge-table.ts'
import type { Plan } from '../../../processors/files/check/plan.ts'
import type { CheckResult } from '../../../processors/files/check/result.ts'
import type { Finding } from '../../../processors/files/report/finding.ts'

export interface Checked extends CheckResult {
  readonly good: readonly GoodRow[]
  readonly bad: readonly RejectedRow[]
  readonly all: readonly Finding[]
  readonly codes: readonly string[]
}

/** Checks a file of this content, and keeps everything that comes out. */
export async function checked(
  t: TestContext,
  content: string | Uint8Array,
  {
    name = 'file.csv',
    start,
    ...options
  }: CheckOptions & { name?: string; start?: (plan: Plan) => void } = {}
): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), 'courant-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, basename(name))
  writeFileSync(path, content)
  return checkedPath(path, { ...options, ...(start && { taker: { start } }) })
}

/** Checks a file where it lies. */
export async function checkedPath(path: string, options: CheckOptions = {}): Promise<Checked> {
  const good: GoodRow[] = []
  const bad: RejectedRow[] = []
  const taker = {
    ...options.taker,
    good: (row: GoodRow) => void good.push(row),
    rejected: (row: RejectedRow) => void bad.push(row)
  }
  const result = await checkFile(path, { ...options, taker })
  const all = [...result.findings.all()]
  result.findings.close()
  return { ...result, good, bad, all, codes: all.map(({ code }) => code) }
}
