import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isTimeZone, setBackUs, utcMicros } from '../../../producers/progress/source-clock.ts'

const us = (text: string) => Date.parse(text) * 1000
const hour = 3_600_000_000
const paris = 'Europe/Paris'

describe("the source's clock", () => {
  it('is told in UTC by its zone, in summer and in winter, and in the hour that comes twice', () => {
    for (const [local, now, utc] of [
      ['2026-07-01T12:00:00Z', '2026-07-01T10:00:00Z', '2026-07-01T10:00:00Z'],
      ['2026-12-01T12:00:00Z', '2026-12-01T11:00:00Z', '2026-12-01T11:00:00Z'],
      ['2026-10-25T02:30:00Z', '2026-10-25T00:31:00Z', '2026-10-25T00:30:00Z'],
      ['2026-10-25T02:30:00Z', '2026-10-25T01:29:00Z', '2026-10-25T01:30:00Z'],
      ['2026-03-29T02:30:00Z', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00Z']
    ] as const) {
      assert.equal(utcMicros(us(local), us(now), paris), us(utc), `${local} at ${now}`)
      assert.equal(utcMicros(us(local), us(now), ''), us(utc), `${local} at ${now}, without a zone`)
    }
  })

  it('is never more than minutes from our own when no zone is set, wherever it is', () => {
    const quarters = fc.integer({ min: -48, max: 56 })
    const skew = fc.integer({ min: -400, max: 400 })
    fc.assert(
      fc.property(quarters, skew, fc.integer({ min: 0, max: 7_000_000_000_000 }), (zone, seconds, now) => {
        const nowUs = now * 1000
        const local = nowUs + zone * 900_000_000 + seconds * 1_000_000
        assert.equal(utcMicros(local, nowUs, ''), nowUs + seconds * 1_000_000)
      })
    )
  })

  it('was set back by what it is less ahead of UTC now, unless that is no change of a clock', () => {
    assert.equal(setBackUs(2 * hour - 7, hour), hour)
    assert.equal(setBackUs(hour, 2 * hour), 0)
    assert.equal(setBackUs(null, hour), 0)
    assert.equal(setBackUs(0, -5 * hour), 0, 'a version from when the clock was taken for UTC')
  })

  it('has a zone by its name', () => {
    assert.ok(isTimeZone(paris))
    assert.ok(!isTimeZone('Paris'))
  })
})
