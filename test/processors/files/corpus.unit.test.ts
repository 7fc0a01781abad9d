import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CheckResult } from '../../../processors/files/check/result.ts'
import { loadContracts } from '../../../processors/files/contract/contract.ts'
import { baseOf } from '../../../processors/files/types/kinds.ts'
import { corpusPath, type KnownFile, knownFiles, noCorpus } from './corpus-folder.ts'
import { wrongFacts } from './facts.ts'
import { checkedPath } from './text-files.ts'

const bases = {
  int: ['integer'],
  float: ['decimal'],
  code: ['code'],
  date: ['date', 'timestamp'],
  text: ['text']
}

/** What of a file is not as it is known to be. */
function differences({ id, truth }: KnownFile, result: CheckResult): { types: string[]; others: string[] } {
  const others: string[] = []
  const types: string[] = []
  if (!truth) return { types, others }
  const said = (what: string, got: unknown, want: unknown) => {
    if (got !== want) others.push(`${id}: ${what} is ${String(got)} and not ${String(want)}`)
  }
  said('encoding', result.table?.encoding, truth.encoding)
  said('delimiter', result.table?.delimiter, truth.delimiter)
  said('header', (result.headerLines[0] ?? 0) - 1, truth.header_row_0based)
  said('columns', result.columns.length, truth.columns)
  said('rows', result.rows.good + result.rows.rejected + result.rows.repeated, truth.data_rows)
  for (const [name, want] of Object.entries(truth.column_types)) {
    const column = result.columns.find((each) => each.name === name)
    const got = column && baseOf(column.type.kind)
    if (!got || !bases[want].includes(got)) types.push(`${id}: ${name} is ${got} and not ${want}`)
  }
  return { types, others }
}

test('real files are read as they are, every line accounted for, and what is known of them comes out of their rows', {
  skip: noCorpus
}, async (t) => {
  const wrong: string[] = []
  const wrongTypes: string[] = []
  const counts = { columns: 0, facts: 0 }
  for (const known of knownFiles()) {
    const result = await checkedPath(corpusPath(known.file))
    const { types, others } = differences(known, result)
    const facts = wrongFacts(known, result)
    wrong.push(...others, ...facts.wrong)
    wrongTypes.push(...types)
    counts.columns += Object.keys(known.truth?.column_types ?? {}).length
    counts.facts += facts.asked
    const { physical, ...parts } = result.lines
    assert.equal(
      Object.values(parts).reduce((a, b) => a + b),
      physical,
      known.id
    )
    assert.notEqual(result.verdict, 'reject', known.id)
  }
  t.diagnostic(`${counts.facts} facts, ${counts.columns} columns, wrong types: ${wrongTypes.length}`)
  assert.deepEqual(wrong, [])
  assert.ok(wrongTypes.length <= counts.columns * 0.05, wrongTypes.join('; '))
})

test('real files fit the contracts of the house, and lose no row by them', { skip: noCorpus }, async () => {
  const contracts = loadContracts(join(import.meta.dirname, '../../../sinks/files/contracts'))
  const without: string[] = []
  for (const known of knownFiles()) {
    const { dataset, rows, verdict } = await checkedPath(corpusPath(known.file), { contracts })
    if (dataset === null) without.push(known.id)
    else assert.ok(dataset.startsWith(`${known.theme}/`), `${known.id} is ${dataset}`)
    assert.notEqual(verdict, 'reject', known.id)
    assert.ok(rows.rejected <= 1, known.id)
  }
  // A cross table of 372 numbered columns under a name that has the year in it.
  assert.deepEqual(without, ['c06'])
})
