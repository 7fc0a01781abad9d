import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { array, assert as check, property, string } from 'fast-check'
import { ColumnProfile } from '../../../../systems/erp/profile/column-profile.ts'
import { DistinctCount } from '../../../../systems/erp/profile/distinct-count.ts'

function profileOf(values: readonly (string | null)[], isNumeric = false) {
  const column = { name: 'prix', sourceName: 'prix', type: 'decimal', width: 12, isNumeric }
  const profile = new ColumnProfile(column)
  for (const value of values) profile.add(value)
  return profile.statistics()
}

describe('the profile of a column', () => {
  it('tells NULL from empty, and compares numbers as numbers', () => {
    const { nulls, empty, min, max, longest, distinct } = profileOf(['9', '10', null, '-1.5', '10'], true)
    assert.deepEqual(
      { nulls, empty, min, max, longest, distinct },
      {
        nulls: 1,
        empty: 0,
        min: '-1.5',
        max: '10',
        longest: 4,
        distinct: 3
      }
    )
    assert.equal(profileOf(['', 'a', null]).empty, 1)
  })

  it('has nothing to show of a column that is all NULL', () => {
    const { min, max, longest, distinct, examples } = profileOf([null, null])
    assert.deepEqual(
      { min, max, longest, distinct, examples },
      {
        min: null,
        max: null,
        longest: null,
        distinct: 0,
        examples: []
      }
    )
  })

  it('shows each example once, and none longer than a cell', () => {
    const { examples } = profileOf(['a', 'a', 'b', 'x'.repeat(1000)])
    assert.deepEqual(examples, ['a', 'b', `${'x'.repeat(59)}…`])
  })
})

describe('the count of distinct values', () => {
  it('is exact for a few thousand', () => {
    check(
      property(array(string()), (texts) => {
        const counter = new DistinctCount()
        for (const text of texts) counter.add(text)
        assert.equal(counter.count, new Set(texts).size)
        assert.ok(counter.isExact)
      })
    )
  })

  it('is within five percent for many, and says that it is an estimate', () => {
    const counter = new DistinctCount()
    for (let i = 0; i < 300_000; i++) counter.add(`client ${i % 100_000}`)
    assert.ok(!counter.isExact)
    assert.ok(Math.abs(counter.count / 100_000 - 1) < 0.05, String(counter.count))
  })
})
