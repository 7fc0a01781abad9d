import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFile } from '../../../processors/files/check/check-file.ts'
import type { CheckResult } from '../../../processors/files/check/result.ts'
import { baseOf } from '../../../processors/files/types/kinds.ts'
import { corpusPath, type KnownFile, knownFiles, noCorpus } from './corpus-folder.ts'

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

test('real files are read as they are: encoding, delimiter, header, rows, types, and every line accounted for', {
  skip: noCorpus
}, async () => {
  const wrong: string[] = []
  const wrongTypes: string[] = []
  let columns = 0
  for (const known of knownFiles()) {
    const result = await checkFile(corpusPath(known.file))
    const { types, others } = differences(known, result)
    wrong.push(...others)
    wrongTypes.push(...types)
    columns += Object.keys(known.truth?.column_types ?? {}).length
    const { physical, ...parts } = result.lines
    assert.equal(
      Object.values(parts).reduce((a, b) => a + b),
      physical,
      known.id
    )
    assert.notEqual(result.verdict, 'reject', known.id)
    result.findings.close()
  }
  assert.deepEqual(wrong, [])
  assert.ok(
    wrongTypes.length <= columns * 0.05,
    `${wrongTypes.length} of ${columns}: ${wrongTypes.join('; ')}`
  )
})
