import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decimalBytes, decimalTextOf } from '../../schemas/decimal.ts'
import { decimals } from '../support/avro-values.ts'

const back = (text: string, precision: number, scale: number) => {
  const bytes = decimalBytes(text, precision, scale)
  return bytes && decimalTextOf(bytes, scale)
}

describe('decimals', () => {
  it('come back as they were, at any precision and scale', () => {
    const cases = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
      .map(([precision, scale]) => ({ precision, scale: Math.min(precision, scale) }))
      .chain(({ precision, scale }) => decimals(precision, scale).map((text) => ({ text, precision, scale })))
    fc.assert(
      fc.property(cases, ({ text, precision, scale }) => {
        assert.equal(back(text, precision, scale), text)
      }),
      { verbose: true }
    )
  })

  it("are the bytes that Avro's other implementations write", () => {
    const hex = (text: string) => decimalBytes(text, 38, 2)?.toString('hex')
    assert.equal(hex('0.00'), '00')
    assert.equal(hex('1.27'), '7f')
    assert.equal(hex('1.28'), '0080')
    assert.equal(hex('-1.28'), '80')
    assert.equal(hex('-1.29'), 'ff7f')
    assert.equal(hex('90071992547409.93'), '20000000000001')
    assert.equal(hex('-123456789012345678901234567890.12'), 'ff642cf5c39ba6bc22e96f5fc5ec')
  })

  it('are made canonical, and never rounded', () => {
    assert.equal(back('12.34', 18, 4), '12.3400')
    assert.equal(back('007', 18, 0), '7')
    assert.equal(back('-0.00', 18, 2), '0.00')
    assert.equal(back('12.340000', 18, 4), '12.3400')
    for (const wrong of ['12.34001', '1e3', '', '.5', '5.', '+1', ' 1', 'NaN', '1,5', '123456789012345.0000'])
      assert.equal(decimalBytes(wrong, 18, 4), undefined, wrong)
  })
})
