import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { dateRanges, withoutDates } from '../../../processors/cv/fields/dates.ts'

const cases: readonly (readonly [string, string | null, string | null, boolean?])[] = [
  ['janv. 2020 – présent', '2020-01', null, true],
  ['De mars 2019 à juin 2021', '2019-03', '2021-06'],
  ['Depuis septembre 2019', '2019-09', null, true],
  ['depuis le 1er avril 2020', '2020-04', null, true],
  ['09/2019 - 12/2020', '2019-09', '2020-12'],
  ['01/09/2019 au 31/08/2020', '2019-09', '2020-08'],
  ['sept. 19 – déc. 20', '2019-09', '2020-12'],
  ['2018-2019', '2018', '2019'],
  ['2018 – aujourd’hui', '2018', null, true],
  ['Février 2017 jusqu’à ce jour', '2017-02', null, true],
  ['Sep 2013 – Present', '2013-09', null, true],
  ['July 2011 to August 2013', '2011-07', '2013-08'],
  ['Jan – Mar 2020', '2020-01', '2020-03'],
  ['2019-01 to Present', '2019-01', null, true],
  ['2018-Jun - 2022-May', '2018-06', '2022-05'],
  ['2020-02 —', '2020-02', null, true],
  ['Summer 2019', '2019', null],
  ['enero 2018 - actualidad', '2018-01', null, true],
  ['Juni 2015 bis heute', '2015-06', null, true]
]

for (const [text, start, end, ongoing = false] of cases)
  test(`"${text}" is ${start} to ${ongoing ? 'now' : end}`, () => {
    const [range] = dateRanges(text)
    assert.deepEqual({ ...range, from: 0, to: 0 }, { start, end, ongoing, from: 0, to: 0 })
  })

for (const text of [
  'depuis 3 ans',
  '06 39 98 12 07',
  '75011 Paris',
  '3 enfants',
  'version 12.2003.1',
  '1 500 clients'
])
  test(`"${text}" has no date`, () => {
    assert.deepEqual(dateRanges(text), [])
  })

test('a range that runs backwards is none', () => {
  assert.deepEqual(dateRanges('2021 – 2018'), [])
})

test('what is left without the dates has no marks around them', () => {
  assert.equal(withoutDates('Comptable | 03/2017 - ce jour'), 'Comptable')
  assert.equal(withoutDates('(2015 – 2019) Thèse'), 'Thèse')
})

test('texts that would make an expression go back over and over are read at once', () => {
  const parts = fc.constantFrom('2019', ' ', '-', '–', 'à', '.', '/', 'mars', '0', 'de ', '(', ')')
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 2_000 }), (texts) => {
      const text = texts.join('')
      const started = process.cpuUsage().user
      dateRanges(text)
      withoutDates(text)
      return process.cpuUsage().user - started < 2_000_000
    }),
    { numRuns: 200 }
  )
})
