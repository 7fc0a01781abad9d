import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { compareReads, type ReadMoment } from '../../../schemas/applications/newer.ts'

const read = (read_at_us: number, snapshot_xmax: number, snapshot_in_progress: number): ReadMoment => ({
  read_at_us,
  snapshot_xmax,
  snapshot_in_progress
})

describe('which of two reads is newer', () => {
  it('is decided by the snapshot within a second, whatever the clock says', () => {
    assert.ok(compareReads(read(5, 101, 0), read(9, 100, 0)) > 0)
    assert.ok(compareReads(read(9, 100, 2), read(5, 100, 1)) < 0)
  })

  it('is decided by the clock beyond a second, as transaction ids begin anew after a dump and restore', () => {
    assert.ok(compareReads(read(2_000_001, 7, 0), read(0, 4_000_000, 0)) > 0)
  })

  it('is neither when both saw the same', () => {
    assert.equal(compareReads(read(5, 100, 3), read(6, 100, 3)), 0)
  })

  it('is the same whichever is asked first', () => {
    const reads = fc.record({
      read_at_us: fc.integer({ min: 0, max: 3_000_000 }),
      snapshot_xmax: fc.integer({ min: 0, max: 5 }),
      snapshot_in_progress: fc.integer({ min: 0, max: 3 })
    })
    fc.assert(
      fc.property(reads, reads, (a, b) => Math.sign(compareReads(a, b)) + Math.sign(compareReads(b, a)) === 0)
    )
  })
})
