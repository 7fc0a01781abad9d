import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { splitExtent } from '../../../producers/progress/extents.ts'

/** As OpenEdge SQL writes an array. */
const joined = (elements: readonly (string | null)[]) =>
  elements.map((element) => (element === null ? '?' : element.replaceAll(/[~;?]/g, '~$&'))).join(';')

describe('an array of OpenEdge', () => {
  it('comes apart as it was put together, whatever is in its elements', () => {
    const element = fc.oneof(
      fc.constant(null),
      fc.string({ unit: fc.constantFrom('a', 'é', '~', ';', '?', ' ') }),
      fc.string({ unit: 'binary' })
    )
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), (elements) => {
        assert.deepEqual(splitExtent(joined(elements)), elements)
      })
    )
  })

  it('tells the unknown value from a question mark, and a semicolon from the next element', () => {
    assert.deepEqual(splitExtent('a~;b;?;~?;c'), ['a;b', null, '?', 'c'])
    assert.deepEqual(splitExtent(';;'), ['', '', ''])
    assert.deepEqual(splitExtent('x~'), ['x~'])
  })
})
