import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { changedFrom, clockMicros, clockTextOf } from '../../../producers/progress/window.ts'

const hourMs = 3_600_000

describe('the window of an incremental run', () => {
  it('begins at the last success minus the lookback, or on its day', () => {
    const at = '2026-03-01 00:30:00.250'
    assert.equal(changedFrom({ lookbackMs: 0, dateModifPrecision: 'datetime' }, at), at)
    assert.equal(
      changedFrom({ lookbackMs: hourMs, dateModifPrecision: 'datetime' }, at),
      '2026-02-28 23:30:00.250'
    )
    assert.equal(changedFrom({ lookbackMs: hourMs, dateModifPrecision: 'date' }, at), '2026-02-28')
  })

  it('takes times as OpenEdge, PostgreSQL and SQL Server print them', () => {
    const texts = ['2026-03-01 00:30:00.25', '2026-03-01T00:30:00.250Z', '2026-03-01 00:30:00.250000+00']
    assert.deepEqual(new Set(texts.map(clockMicros)), new Set([Date.UTC(2026, 2, 1, 0, 30, 0, 250) * 1000]))
    for (const text of ['', 'yesterday', '2026-13-01 00:00:00'])
      assert.throws(() => clockMicros(text), { code: 'SOURCE_REFUSED' })
  })

  it('computes with times without changing them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        assert.equal(clockMicros(clockTextOf(ms * 1000)), ms * 1000)
      })
    )
  })
})
