import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadContracts } from '../../../processors/files/contract/contract.ts'
import type { Finding } from '../../../processors/files/report/finding.ts'
import { corpusPath, type DamagedFile, damagedFiles, noCorpus } from './corpus-folder.ts'
import { type Checked, checkedPath } from './text-files.ts'

const contracts = loadContracts(join(import.meta.dirname, '../../../sinks/files/contracts'))

type Wanted = DamagedFile['expect']['findings'][number]

const isFound = (wanted: Wanted, all: readonly Finding[]) =>
  all.some(
    ({ code, line, lines, column }) =>
      code === wanted.code &&
      (wanted.line === undefined || line === wanted.line || lines?.includes(wanted.line) === true) &&
      (wanted.column === undefined || column === wanted.column)
  )

function differences({ file, expect }: DamagedFile, { verdict, all, rows }: Checked): string[] {
  const wrong: string[] = []
  if (verdict !== expect.verdict) wrong.push(`${file}: ${verdict} and not ${expect.verdict}`)
  for (const wanted of expect.findings)
    if (!isFound(wanted, all))
      wrong.push(`${file}: no ${wanted.code} ${wanted.line ?? ''} ${wanted.column ?? ''}`)
  if (expect.good_rows !== undefined && rows.good !== expect.good_rows)
    wrong.push(`${file}: ${rows.good} good rows`)
  if (expect.rejected_rows !== undefined && rows.rejected !== expect.rejected_rows)
    wrong.push(`${file}: ${rows.rejected} rejected rows`)
  return wrong
}

test('damaged files get their verdict, and everything that is wrong with them is said where it is', {
  skip: noCorpus
}, async () => {
  const seen = new Map<string, string>()
  const wrong: string[] = []
  for (const damaged of damagedFiles()) {
    const result = await checkedPath(corpusPath(join('damaged', damaged.file)), {
      contracts,
      sameContent: (sha256) => seen.get(sha256),
      // The one of another theme is dropped where it does not belong.
      ...(damaged.file.includes('other_theme') && { theme: 'crime' })
    })
    if (result.scan) seen.set(result.scan.sha256, damaged.file)
    wrong.push(...differences(damaged, result))
    const { physical, ...parts } = result.lines
    if (result.columns.length > 0)
      assert.equal(
        Object.values(parts).reduce((a, b) => a + b),
        physical,
        damaged.file
      )
  }
  assert.deepEqual(wrong, [])
})
