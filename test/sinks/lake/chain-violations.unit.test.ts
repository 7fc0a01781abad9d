import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainFile, brokenChains } from './chain-violations.ts'

/** A part whose rows have all offsets from its link to `last`. */
function part(link: number, last: number, metadata: Record<string, string> = {}): ChainFile {
  const name = `silver/t/2026-11-22/t-p0-${String(link).padStart(16, '0')}.parquet`
  const facts = { first: String(link), last: String(last), count: String(last - link + 1), sha256: 'h' }
  return { name, metadata: { ...facts, ...metadata }, sha256: 'h' }
}

const compacted: ChainFile = {
  name: 'silver/t/2026-11-22/t.parquet',
  metadata: { count: '10', offsets: '{"0":9}', sha256: 'h' },
  sha256: 'h'
}

test('chains from 0, and chains that go on where their compacted file ends, are whole', () => {
  assert.deepEqual(brokenChains([part(0, 4), part(5, 9), part(10, 12)]), [])
  assert.deepEqual(brokenChains([part(10, 12), part(13, 13), compacted]), [])
  assert.deepEqual(brokenChains([part(5, 9), part(10, 12), compacted]), [])
})

const planted: Record<string, [RegExp, readonly ChainFile[]]> = {
  'a part that is missing in the middle': [/0010\.parquet does not follow 4$/, [part(0, 4), part(10, 12)]],
  'a part that is missing at the beginning': [/0005\.parquet does not follow/, [part(5, 9)]],
  'a part that is missing after the compacted file': [/0011\.parquet does not/, [part(11, 12), compacted]],
  'two parts of the same rows': [/0003\.parquet does not follow 4$/, [part(0, 4), part(3, 6)]],
  'a part with rows from before its link': [/holds 1 to 4/, [part(0, 1), part(2, 4, { first: '1' })]],
  'a part with more rows than offsets': [/says it has 6 rows/, [part(0, 4, { count: '6' })]],
  'a part that was altered': [/has another hash/, [{ ...part(0, 4), sha256: 'other' }]],
  'a compacted file that was altered': [/t\.parquet has another hash/, [{ ...compacted, sha256: 'other' }]]
}

for (const [bug, [expected, files]] of Object.entries(planted))
  test(`the checker of chains finds ${bug}`, () => {
    const found = brokenChains(files)
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', expected)
  })
