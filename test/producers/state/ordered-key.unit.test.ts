import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  joinOrdered,
  orderedInteger,
  plainInteger,
  splitOrdered
} from '../../../producers/state/ordered-key.ts'

const bytes = (text: string) => Buffer.from(text)
const sign = (n: number) => (n > 0 ? 1 : n < 0 ? -1 : 0)
const compare = (a: string, b: string) => sign(Buffer.compare(bytes(a), bytes(b)))
// Few characters, so that prefixes and the marks themselves meet often.
const part = fc.string({
  unit: fc.constantFrom('\u0001', '\u0002', '\u0003', 's', 't', 'é', '😀'),
  maxLength: 4
})
const tuple = fc.array(part, { minLength: 2, maxLength: 2 })

describe('ordered keys', () => {
  it('sort as the tuples they are made of', () => {
    fc.assert(
      fc.property(tuple, tuple, (a, b) => {
        const first = compare(a[0] ?? '', b[0] ?? '')
        const expected = first === 0 ? compare(a[1] ?? '', b[1] ?? '') : first
        assert.equal(compare(joinOrdered(a), joinOrdered(b)), expected)
      })
    )
  })

  it('give back their parts', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        assert.deepEqual(splitOrdered(joinOrdered(parts), parts.length), parts)
      })
    )
  })

  it('sort whole numbers by value, beyond 2^53 too', () => {
    const number = fc.oneof(fc.bigInt(), fc.bigInt({ min: -12n, max: 12n }))
    fc.assert(
      fc.property(number, number, (a, b) => {
        const expected = a > b ? 1 : a < b ? -1 : 0
        assert.equal(compare(orderedInteger(String(a)), orderedInteger(String(b))), expected)
        assert.equal(plainInteger(orderedInteger(String(a))), String(a))
      })
    )
  })
})
