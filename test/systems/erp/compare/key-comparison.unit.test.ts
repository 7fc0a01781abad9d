import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyComparison } from '../../../../systems/erp/compare/key-comparison.ts'

async function* rows(entries: Readonly<Record<string, string>>) {
  for (const [key, hash] of Object.entries(entries)) yield { key, hash: Buffer.from(hash) }
}

describe('the comparison of source and ODS', () => {
  it('names what is missing, surplus and different', async () => {
    const comparison = new KeyComparison()
    await comparison.add('source', rows({ a: '1', b: '2', c: '3' }))
    await comparison.add('target', rows({ b: '2', c: 'other', d: '4' }))
    assert.deepEqual(comparison.differences(), {
      sourceRows: 3,
      shared: 0,
      targetRows: 3,
      missing: 1,
      surplus: 1,
      different: 1,
      examples: [
        { key: 'a', what: 'missing' },
        { key: 'd', what: 'surplus' },
        { key: 'c', what: 'different' }
      ]
    })
    comparison.close()
  })

  it('counts rows of the source before their keys are folded into one', async () => {
    const comparison = new KeyComparison()
    for (const _ of ['a', 'A ']) await comparison.add('source', rows({ a: '1' }))
    await comparison.add('target', rows({ a: '1' }))
    const { sourceRows, shared, targetRows } = comparison.differences()
    assert.deepEqual([sourceRows, shared, targetRows], [2, 1, 1])
    comparison.close()
  })

  it('finds nothing between equal sets, empty ones too', async () => {
    for (const entries of [{}, { a: '1' }] as Record<string, string>[]) {
      const comparison = new KeyComparison()
      await comparison.add('source', rows(entries))
      await comparison.add('target', rows(entries))
      const { missing, surplus, different, sourceRows } = comparison.differences()
      assert.deepEqual([missing, surplus, different, sourceRows], [0, 0, 0, Object.keys(entries).length])
      comparison.close()
    }
  })
})
