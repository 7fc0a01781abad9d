import * as fc from 'fast-check'

/** Texts that are odd for some type; a server takes of them what its type can be. */
const odd = [
  '',
  ' ',
  ' padded ',
  'caf\u00e9',
  'cafe\u0301',
  'a,"b"\\c',
  '{x}',
  'NULL',
  '\n\t',
  '\u{1f600}',
  '\u0001',
  "'; DROP",
  '0',
  '-0',
  '1',
  'a',
  'true',
  'NaN',
  'Infinity',
  '-Infinity',
  'infinity',
  '-infinity',
  'B',
  '0101',
  '\\x00ff',
  '\\x',
  '(1,2)',
  '((0,0),(1,1))',
  '<(1,2),3>',
  '{1,2,3}',
  '[(0,0),(1,1)]',
  '1 2',
  '10.0.0.1',
  '10.0.0.0/8',
  '::1',
  '08:00:2b:01:02:03',
  '08:00:2b:01:02:03:04:05',
  '<a>&amp;</a>',
  "'a':1 'it''s':2",
  "'a' & !'b'",
  '10:20:10,14,15',
  '$.a[*] ? (@ > 1)',
  '$12.50',
  '-$1,000.00'
] as const

const numbers = [
  '-32768',
  '32767',
  '-2147483648',
  '2147483647',
  '-9223372036854775808',
  '-9007199254740993',
  '9223372036854775807',
  '0.1',
  '-0.5',
  '1e300',
  '5e-324',
  '1.0050',
  '0.0001',
  '123456789012345678901234567890.12345678901234567890',
  '-9999999999999999999999999999999999.9999',
  '16777217'
]
const times = [
  '0001-01-01',
  '1582-10-10',
  '1827-12-31',
  '1828-01-01',
  '2024-02-29',
  '2254-12-31',
  '2255-01-01',
  '9999-12-31',
  '10000-01-01',
  '0044-03-15 BC',
  '1969-12-31 23:59:59.999999',
  '2026-03-29 02:30:00.000001',
  '2254-12-31 23:59:59.999999',
  '24:00:00',
  '00:00:00.000001',
  '23:59:59.999999',
  '23:59:59.999999+15:59'
]
const intervals = [
  '-1 year 2 mons -3 days 04:05:06.789',
  '1 mon -1 day',
  '-0.000001 s',
  '178000000 years',
  '-2147483648 months',
  '2147483647 days',
  '-00:00:00.5',
  '1 year -00:00:01.000001'
]
const documents = [
  '{"a": 1, "a":2}',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '1e999999',
  '[1.10, 12345678901234567890.1]',
  '{"b": [1, null], "a": -0}',
  ' [ ] ',
  '{"\\\\ud800": "\\"\\\\"}'
]
const uuids = ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '00000000-0000-0000-0000-000000000000']

/** Texts to try of any type, the same for the same seed: odd ones, and random ones. */
export function candidates(seed: number): readonly string[] {
  const drawn = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) => fc.sample(arbitrary, { seed, numRuns })
  return [
    ...odd,
    ...numbers,
    ...times,
    ...intervals,
    ...documents,
    ...uuids,
    ...drawn(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), 2).map(String),
    ...drawn(fc.integer(), 2).map(String),
    ...drawn(fc.double({ noNaN: true, noDefaultInfinity: true }), 2).map(String),
    ...drawn(fc.date({ noInvalidDate: true, min: new Date(-1e13), max: new Date(1e13) }), 2).map((at) =>
      at.toISOString()
    ),
    // PostgreSQL has no NUL in a text.
    ...drawn(
      fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\0')),
      3
    ),
    ...drawn(fc.jsonValue(), 2).map((value) => JSON.stringify(value)),
    ...drawn(fc.uuid(), 1)
  ]
}

/** At most so many of a type's values, the odd ones of each sort first. */
export function some<T>(values: readonly T[], most: number, seed: number): readonly T[] {
  if (values.length <= most) return values
  return (
    fc.sample(fc.shuffledSubarray([...values], { minLength: most, maxLength: most }), {
      seed,
      numRuns: 1
    })[0] ?? []
  )
}
