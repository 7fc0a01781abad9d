import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RowHasher } from '../../../sinks/ods/hashdiff.ts'
import { column } from './sample-runs.ts'

const columns = [column('b', 'text'), column('A', 'text'), column('c', 'text')]
const values = fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 60 })), {
  minLength: 3,
  maxLength: 3
})
const hashOf = (row: readonly (string | null)[]) => new RowHasher(columns).hash(row).toString('hex')

/** The rule as docs/ods.md words it, as plainly as can be. */
function ruleOne(row: readonly (string | null)[]): string {
  const sized = (text: string) => {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return [length, bytes]
  }
  const parts = [1, 0, 2].flatMap((at) => {
    const value = row[at] ?? null
    const name = columns[at]?.sqlName.toLowerCase() ?? ''
    return value === null ? [] : [...sized(name), Buffer.from('t'), ...sized(value)]
  })
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex')
}

describe('the hash of a row', () => {
  it('follows rule 1', () => {
    fc.assert(fc.property(values, (row) => assert.equal(hashOf(row), ruleOne(row))))
  })

  it('differs whenever a value does, whatever moves from one column to its neighbour', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const isSame = one.every((value, at) => value === other[at])
        assert.equal(hashOf(one) === hashOf(other), isSame)
      })
    )
    assert.notEqual(hashOf(['ab', 'c', null]), hashOf(['a', 'bc', null]))
    assert.notEqual(hashOf(['x', null, null]), hashOf([null, 'x', null]))
  })

  it('tells NULL from an empty text, and a number from the same text', () => {
    assert.notEqual(hashOf(['', null, null]), hashOf([null, null, null]))
    const asNumber = new RowHasher([column('b', 'integer')]).hash(['1'])
    const asText = new RowHasher([column('b', 'text')]).hash(['1'])
    assert.ok(!asNumber.equals(asText))
  })

  it('does not change with a column that is added and NULL, nor with the order of columns', () => {
    const wider = new RowHasher([...columns, column('d', 'integer')])
    assert.equal(wider.hash(['1', '2', '3', null]).toString('hex'), hashOf(['1', '2', '3']))
    const turned = new RowHasher(columns.toReversed())
    assert.equal(turned.hash(['3', '2', '1']).toString('hex'), hashOf(['1', '2', '3']))
  })

  it('takes values longer than its first buffer', () => {
    const long = 'é'.repeat(100_000)
    assert.equal(hashOf([long, 'x', long]), ruleOne([long, 'x', long]))
  })
})
