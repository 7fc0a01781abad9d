import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { dateOf, isoMicros } from '../../schemas/instants.ts'

const shape = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** The same by a regular expression and JavaScript's calendar: plainer, and five times slower. */
function slowMicros(text: string): number | null {
  const match = shape.exec(text)
  if (!match) return null
  const numbers = match.slice(1, 7).map((part) => Number(part ?? 0))
  const [year, month, day, hour, minute, second] = numbers as [number, number, number, number, number, number]
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  if (midnight.getUTCDate() !== day || midnight.getUTCMonth() !== month - 1) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const seconds = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - slowOffset(match[8])
  return seconds * 1_000_000 + Number((match[7] ?? '').padEnd(6, '0'))
}

function slowOffset(zone = 'Z'): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(3).replace(':', '')]
  const seconds = (Number(hours) * 60 + Number(minutes)) * 60
  return zone.startsWith('-') ? -seconds : seconds
}

const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
const day = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    two(13),
    two(32)
  )
  .map((parts) => parts.join('-'))
const clock = fc.tuple(two(24), two(60), two(60)).map((parts) => parts.join(':'))
const fraction = fc.oneof(fc.constantFrom('', '.'), fc.stringMatching(/^\.\d{1,7}$/))
const zone = fc.oneof(
  fc.constantFrom('', 'Z', 'z', ' BC', '+', '+0', '+00:', '+00:0', '+00:000', '+000'),
  fc.stringMatching(/^[+-]\d\d(:?\d\d)?$/)
)
const instant = fc
  .tuple(day, fc.constantFrom(' ', 'T', 't', ''), clock, fraction, zone)
  .map((parts) => parts.join(''))
/** A text with one character put in another's place, or before it, or left out. */
const damaged = fc
  .tuple(
    fc.oneof(day, instant),
    fc.nat(32),
    fc.nat(1),
    fc.constantFrom('', '0', '9', '-', ':', '.', 'Z', ' ', '/')
  )
  .map(([text, at, length, by]) => text.slice(0, at) + by + text.slice(at + length))

describe('the instant of a text', () => {
  it('is the same by digits and by a regular expression, for texts that have one and for others', () => {
    let valid = 0
    fc.assert(
      fc.property(fc.oneof(day, instant, damaged, fc.string()), (text) => {
        const micros = slowMicros(text)
        if (micros !== null) valid += 1
        assert.equal(isoMicros(text), micros, text)
      }),
      { numRuns: 20_000 }
    )
    assert.ok(valid > 2000, `only ${valid} of the texts had an instant`)
  })

  it('is right on every day of the calendar', () => {
    for (let at = Date.UTC(1596, 0, 1); at < Date.UTC(2405, 0, 1); at += 86_400_000)
      assert.equal(isoMicros(new Date(at).toISOString().slice(0, 10)), at * 1000)
  })

  it('is read from what the producers send', () => {
    const at = Date.UTC(2026, 10, 22, 4, 5, 6) * 1000
    assert.equal(isoMicros('2026-11-22 04:05:06+00'), at)
    assert.equal(isoMicros('2026-11-22 04:05:06.00001+00'), at + 10)
    assert.equal(isoMicros('2026-11-22 04:05:06'), at)
    assert.equal(isoMicros('2026-11-22T04:05:06.789Z'), at + 789_000)
  })

  it('is missing where no calendar or clock shows it', () => {
    for (const text of [
      '2026-13-01',
      '2026-00-10',
      '2023-02-29',
      '2026-11-22 24:00:00',
      '2026-11-22 10:60:00'
    ])
      assert.equal(isoMicros(text), null, text)
  })

  it('lie on the day that they are of, also a moment before 1970', () => {
    for (const [micros, day] of [
      [-1, '1969-12-31'],
      [-86_400_000_001, '1969-12-30'],
      [0, '1970-01-01'],
      [86_399_999_999, '1970-01-01']
    ] as const)
      assert.equal(dateOf(micros).toISOString().slice(0, 10), day, String(micros))
  })
})
