import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { instantText, microsOf, plausible } from '../../../../producers/postgres/table/instants.ts'

const millennium = -30_610_224_000_000_000
const yearTenThousand = 253_402_300_800_000_000

describe('instants', () => {
  it('come back from their text to the microsecond', () => {
    const micros = fc.bigInt({ min: BigInt(millennium), max: BigInt(Number.MAX_SAFE_INTEGER) }).map(Number)
    fc.assert(fc.property(micros, (at) => assert.equal(microsOf(instantText(at)), at)))
  })

  it('are read from dates and timestamps without a zone', () => {
    assert.equal(microsOf('2026-11-22 04:05:06+00'), Date.UTC(2026, 10, 22, 4, 5, 6) * 1000)
    assert.equal(microsOf('2026-11-22 04:05:06.00001+00'), Date.UTC(2026, 10, 22, 4, 5, 6) * 1000 + 10)
    assert.equal(microsOf('2026-11-22'), Date.UTC(2026, 10, 22) * 1000)
    assert.equal(microsOf('2026-11-22 04:05:06.5'), Date.UTC(2026, 10, 22, 4, 5, 6, 500) * 1000)
  })

  it('are null for what has no place in time', () => {
    for (const text of [
      null,
      'infinity',
      '-infinity',
      '0044-03-15 00:00:00+00 BC',
      '0001-01-01',
      '12345-01-01'
    ])
      assert.equal(microsOf(text), null)
  })

  it('count only from 1970 to a day from now', () => {
    const now = Date.UTC(2026, 10, 22) * 1000
    assert.equal(plausible(now + 86_400_000_000, now), now + 86_400_000_000)
    for (const at of [null, -1, now + 86_400_000_001, yearTenThousand]) assert.equal(plausible(at, now), null)
  })
})
