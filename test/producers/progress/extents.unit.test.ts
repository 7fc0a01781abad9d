import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { splitExtent } from '../../../producers/progress/extents.ts'

/** An element as Progress documents PRO_ARR_ESCAPE: what has `~` before it stays one thing. */
const escaped = (element: string) =>
  element.replaceAll(/~(?=[;~]|$)(;?)|;/g, (found, semicolon?: string) =>
    found === ';' ? '~;' : `~~${semicolon ?? ''}`
  )
/** As OpenEdge SQL writes an array. */
const joined = (elements: readonly (string | null)[]) =>
  elements.map((element) => (element === null ? '?' : element === '?' ? '~?' : escaped(element))).join(';')

describe('an array of OpenEdge', () => {
  it('is escaped as Progress documents it', () => {
    assert.equal(escaped('aa;aa'), 'aa~;aa')
    assert.equal(escaped('aa~aa'), 'aa~aa')
    assert.equal(escaped('aa~;aa'), 'aa~~;aa')
  })

  it('keeps a tilde before anything but a semicolon, a tilde or the end', () => {
    assert.deepEqual(splitExtent(String.raw`C:\PROGRA~1\erp;D:\x`, 2), [String.raw`C:\PROGRA~1\erp`, 'D:\\x'])
    assert.deepEqual(splitExtent('~5 kg;?', 2), ['~5 kg', null])
    assert.deepEqual(splitExtent('aa~aa', 1), ['aa~aa'])
    assert.deepEqual(splitExtent('x~', 1), ['x~'])
    assert.deepEqual(splitExtent('aa~~;b', 2), ['aa~', 'b'])
    assert.deepEqual(splitExtent('aa~~;aa', 1), ['aa~;aa'])
  })

  it('comes apart as it was put together, or says that nobody can tell', () => {
    const element = fc.oneof(
      fc.constant(null),
      fc.string({ unit: fc.constantFrom('a', 'é', '~', ';', '?', ' ') }).filter((text) => text !== '~?'),
      fc.string({ unit: 'binary' })
    )
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 8 }), (elements) => {
        const split = splitExtent(joined(elements), elements.length)
        const isDoubtful =
          elements.some((text) => text?.includes('~;')) && elements.some((text) => text?.endsWith('~'))
        if (split !== null || !isDoubtful) assert.deepEqual(split, elements)
      })
    )
  })

  it('tells the unknown value from a question mark, and a semicolon from the next element', () => {
    assert.deepEqual(splitExtent('a~;b;?;~?;c', 4), ['a;b', null, '?', 'c'])
    assert.deepEqual(splitExtent(';;', 3), ['', '', ''])
  })
})
