import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  type Rule,
  amountUpTo,
  currencyCode,
  date,
  decimal,
  email,
  pastTimestamp,
  ruleOfKind,
  text,
  timestamp,
  uuid,
  word
} from '../../processors/clean-values.ts'
import { Rejection } from '../../runtime/pipeline.ts'
import type { Column } from '../../schemas/table.ts'

const { int, long, double } = ruleOfKind

const column = (type: Column['type']): Column => ({ name: 'c', type, nullable: true, pii: null })
const context = {
  column: column({ kind: 'decimal', precision: 18, scale: 4 }),
  changedAt: 1_700_000_000_000_000
}
const apply = (rule: Rule, value: string, more: Partial<Column> = {}) => {
  const result = rule(value, { ...context, column: { ...context.column, ...more } })
  return result instanceof Rejection ? `rejected: ${result.reason}` : result
}

const examples: readonly [Rule, string, unknown][] = [
  [text, '  e\u0301t\u00e9 ', '  e\u0301t\u00e9 '],
  [text, '   ', '   '],
  [text, '', ''],
  [word, ' Login ', 'login'],
  [uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  [uuid, 'a0eebc99', 'rejected: c_invalid'],
  [timestamp, '2023-11-14 22:13:20.000001+00', 1_700_000_000_000_001],
  [timestamp, '2023-11-14T23:13:20.5+01:00', 1_700_000_000_500_000],
  [timestamp, '2023-11-14 22:13:20', 1_700_000_000_000_000],
  [timestamp, '2023-11-14 03:43:20+05:30', 1_699_913_600_000_000],
  [timestamp, '2023-02-30 00:00:00Z', 'rejected: c_invalid'],
  [timestamp, '2023-13-05 00:00:00Z', 'rejected: c_invalid'],
  [timestamp, 'infinity', 'rejected: c_invalid'],
  [timestamp, '0001-01-01 00:00:00Z', 'rejected: c_invalid'],
  [timestamp, '1950-05-17 00:00:00Z', -619_401_600_000_000],
  [timestamp, '2254-12-31 23:59:59.999999Z', 8_993_721_599_999_999],
  [timestamp, '9999-12-31 00:00:00Z', 'rejected: c_invalid'],
  [date, '1815-12-10', -56_270],
  [date, '9999-12-31', 2_932_896],
  [date, 'infinity', 'rejected: c_invalid'],
  [pastTimestamp, '2023-11-17 00:00:00Z', 'rejected: c_future'],
  [pastTimestamp, '1969-12-31 23:59:59Z', 'rejected: c_invalid'],
  [pastTimestamp, '2100-01-01 00:00:00Z', 'rejected: c_invalid'],
  [int, '-2147483648', -(2 ** 31)],
  [int, '2147483647', 2 ** 31 - 1],
  [int, '2147483648', 'rejected: c_invalid'],
  [int, '-2147483649', 'rejected: c_invalid'],
  [int, '007', 7],
  [int, '-0', 0],
  ...['0x1F', '1e3', '0b11', '1.0', ' 1', '1 ', '', '+', '\u0661'].flatMap(
    (odd): [Rule, string, unknown][] => [
      [int, odd, 'rejected: c_invalid'],
      [long, odd, 'rejected: c_invalid']
    ]
  ),
  [long, '9007199254740991', 2 ** 53 - 1],
  [long, '-9007199254740992', -(2n ** 53n)],
  [long, '9223372036854775807', 2n ** 63n - 1n],
  [long, '-9223372036854775808', -(2n ** 63n)],
  [long, '9223372036854775808', 'rejected: c_invalid'],
  [long, '4503599627370497.2', 'rejected: c_invalid'],
  [long, '1.00000000000000001', 'rejected: c_invalid'],
  [double, '-0', -0],
  [double, '5e-324', 5e-324],
  [double, '.5', 0.5],
  ...['NaN', 'Infinity', '1e999', '0x1F', ' 1', ''].map((odd): [Rule, string, unknown] => [
    double,
    odd,
    'rejected: c_invalid'
  ]),
  [decimal, '12.3', '12.3000'],
  [decimal, '-0.00', '0.0000'],
  [decimal, '007', '7.0000'],
  [decimal, '1.23456', 'rejected: c_inexact'],
  [decimal, '123456789012345', 'rejected: c_inexact'],
  [decimal, 'NaN', 'rejected: c_invalid'],
  [decimal, '1e3', 'rejected: c_invalid'],
  [amountUpTo(100), '-1', 'rejected: c_negative'],
  [amountUpTo(100), '100.01', 'rejected: c_absurd'],
  [amountUpTo(100), '99.99', '99.9900'],
  [currencyCode, 'eur', 'EUR'],
  [currencyCode, '€', 'rejected: c_invalid'],
  [email, ' Ada@Example.COM ', 'ada@example.com'],
  [email, 'Ren\u00e9@Exemple.example', 'ren\u00e9@exemple.example'],
  [email, 'user@\u65e5\u672c.example', 'user@\u65e5\u672c.example'],
  [email, 'u ser@\u65e5\u672c.example', 'rejected: c_invalid'],
  [email, '\u65e5@\u672c', 'rejected: c_invalid'],
  [email, `${'\u00e9'.repeat(33)}@example.com`, 'rejected: c_invalid'],
  [timestamp, ' 2023-11-14 22:13:20Z', 'rejected: c_invalid'],
  [uuid, ' a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'rejected: c_invalid'],
  [decimal, '12.3 ', 'rejected: c_invalid'],
  [email, 'ada@example', 'rejected: c_invalid'],
  [email, 'ada@@example.com', 'rejected: c_invalid'],
  [email, 'ada..l@example.com', 'rejected: c_invalid'],
  [email, 'ada lovelace@example.com', 'rejected: c_invalid'],
  [email, '', null]
]

for (const [rule, value, expected] of examples)
  test(`${rule.name || 'amountUpTo(100)'} of ${JSON.stringify(value)} is ${String(expected)}`, () => {
    assert.deepEqual(apply(rule, value), expected)
  })

test('a column may keep blank text, bound its times, and have no end', () => {
  assert.equal(apply(text, '  ', { isBlankMissing: true }), null)
  assert.equal(apply(text, ' a ', { isBlankMissing: true }), ' a ')
  assert.equal(apply(text, '  e\u0301t\u00e9 ', { isTidy: true }), '\u00e9t\u00e9')
  assert.equal(apply(text, '  ', { isTidy: true }), '')
  const since1970 = { span: { from: 0, before: 86_400_000_000 } }
  for (const rule of [timestamp, date]) {
    assert.equal(apply(rule, '1970-01-01', since1970), 0)
    for (const day of ['1969-12-31', '1970-01-02'])
      assert.equal(apply(rule, day, since1970), 'rejected: c_invalid', day)
    for (const end of ['infinity', '9999-12-31', '294276-12-31'])
      assert.equal(apply(rule, end, { isOpenEnded: true }), null, end)
    assert.equal(apply(rule, '-infinity', { isOpenEnded: true }), 'rejected: c_invalid')
    for (const start of ['-infinity', '0001-01-01', '4713-01-01 BC'])
      assert.equal(apply(rule, start, { hasNoStart: true }), null, start)
    assert.equal(apply(rule, 'infinity', { hasNoStart: true }), 'rejected: c_invalid')
  }
})

test('every instant with microseconds survives text and back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_102_444_799 }),
      fc.integer({ min: 0, max: 999_999 }),
      (seconds, micros) => {
        const iso = new Date(seconds * 1000).toISOString().slice(0, 19)
        const fraction = String(micros).padStart(6, '0')
        assert.equal(apply(timestamp, `${iso}.${fraction}Z`), seconds * 1_000_000 + micros)
      }
    )
  )
})

test('a decimal keeps its value, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), (unscaled) => {
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(5, '0')
      const value = `${unscaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`
      const once = apply(decimal, value) as string
      assert.equal(BigInt(once.replace('.', '')), unscaled)
      assert.equal(apply(decimal, once), once)
    })
  )
})

test('cleaning any text twice equals cleaning it once', () => {
  for (const rule of [text, word, email])
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const once = apply(rule, value)
        if (typeof once === 'string' && !once.startsWith('rejected')) assert.equal(apply(rule, once), once)
      })
    )
})
