import assert from 'node:assert/strict'
import { it } from 'node:test'
import { lastDue } from '../../../producers/applications/daily-schedule.ts'

it('a daily run is due at its time of day in UTC, until then that of the day before is the last', () => {
  const due = (now: string) => lastDue(new Date(now), '02:30').toISOString()
  assert.equal(due('2026-03-01T02:30:00.000Z'), '2026-03-01T02:30:00.000Z')
  assert.equal(due('2026-03-01T02:29:59.999Z'), '2026-02-28T02:30:00.000Z')
  assert.equal(due('2026-03-01T23:59:00+01:00'), '2026-03-01T02:30:00.000Z')
})
