import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { RunColumn } from '../../../schemas/erp/columns.ts'
import { canonicalOf } from '../../../sinks/ods/canonical-value.ts'
import { column } from './sample-runs.ts'

const canonical = (type: RunColumn['type'], text: string, size: Partial<RunColumn> = {}) =>
  canonicalOf(column('x', type, size))(text)

/** Text, and what it becomes; null where it is none of the type. */
const cases: Readonly<
  Record<Exclude<RunColumn['type'], 'text'>, readonly (readonly [string, string | null])[]>
> = {
  integer: [
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['-2147483648', '-2147483648'],
    ['2147483648', null],
    ['1.0', null],
    ['', null]
  ],
  bigint: [
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', null]
  ],
  decimal: [
    ['12.3400', '12.34'],
    ['-0.00', '0'],
    ['.5', '0.5'],
    ['+1.', '1'],
    ['00012', '12'],
    ['12.345', null],
    ['123456789', null],
    ['.', null],
    ['1e3', null],
    ['', null]
  ],
  double: [
    ['1.50', '1.5'],
    ['-0', '0'],
    ['1e21', '1e+21'],
    ['NaN', null],
    [' ', null]
  ],
  bit: [
    ['1', '1'],
    ['true', null]
  ],
  date: [
    ['0001-01-01', '0001-01-01'],
    ['1752-12-31', '1752-12-31'],
    ['2024-02-29', '2024-02-29'],
    ['1900-02-29', null],
    ['0000-01-01', null],
    ['2026-13-01', null],
    ['4713-01-01 BC', null]
  ],
  time: [
    ['23:59:59.500', '23:59:59.5'],
    ['24:00:00', null]
  ],
  timestamp: [
    ['1582-10-15T01:02:03.120000', '1582-10-15 01:02:03.12'],
    ['2026-11-22 08:00:00', '2026-11-22 08:00:00'],
    ['2026-11-22 08:00:00.1234567', null],
    ['2026-11-22', null]
  ],
  timestamptz: [
    ['2026-03-29 02:30:00.5+02:00', '2026-03-29 00:30:00.5+00:00'],
    ['2026-03-29 00:30:00Z', '2026-03-29 00:30:00+00:00'],
    ['2026-03-29 00:30:00-0330', '2026-03-29 04:00:00+00:00'],
    ['2026-03-29 00:30:00', null]
  ],
  binary: [
    ['00ff', '00ff'],
    ['00f', null],
    ['00FF', null]
  ]
}

describe('canonical values', () => {
  for (const [type, examples] of Object.entries(cases))
    it(`of ${type}`, () => {
      for (const [text, wanted] of examples)
        assert.equal(canonical(type as RunColumn['type'], text, { width: 10, scale: 2 }), wanted, text)
    })

  it('are canonical themselves', () => {
    for (const [type, examples] of Object.entries(cases))
      for (const [, wanted] of examples)
        if (wanted !== null)
          assert.equal(canonical(type as RunColumn['type'], wanted, { width: 10, scale: 2 }), wanted)
  })

  it('of decimals are equal exactly when the numbers are', () => {
    const digits = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
    fc.assert(
      fc.property(digits, fc.nat(3), fc.nat(3), (value, zerosBefore, zerosAfter) => {
        const [sign, number] = value < 0n ? ['-', -value] : ['', value]
        const whole = `${'0'.repeat(zerosBefore)}${number / 100n}`
        const fraction = `${String(number % 100n).padStart(2, '0')}${'0'.repeat(zerosAfter)}`
        const text = canonical('decimal', `${sign}${whole}.${fraction}`, { width: 20, scale: 2 })
        const [units = '', cents = ''] = (text ?? '').replace('-', '').split('.')
        const amount = BigInt(units) * 100n + BigInt(cents.padEnd(2, '0'))
        assert.equal(text?.startsWith('-') ? -amount : amount, value)
        assert.equal(canonical('decimal', text ?? '', { width: 20, scale: 2 }), text)
      })
    )
  })

  it('keep text as it is, but for NUL, which PostgreSQL cannot hold', () => {
    assert.equal(canonical('text', ' É ~;\n'), ' É ~;\n')
    assert.equal(canonical('text', 'a\0b'), null)
  })
})
