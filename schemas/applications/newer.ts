import type { ApplicationRead } from '../types/applications.ts'

/** What orders two reads of the same application. */
export type ReadMoment = Pick<ApplicationRead, 'read_at_us' | 'snapshot_xmax' | 'snapshot_in_progress'>

/** Reads further apart than this are ordered by the source's clock alone. */
const clockDecidesUs = 1_000_000

/**
 * Above zero when `a` saw a later state of the application than `b`, zero when both saw the same. Reads close together
 * are ordered by their PostgreSQL snapshots, which the clock could confuse; reads further apart by the clock, because
 * transaction ids begin anew after a dump and restore (docs/decisions/2026-11-22-which-read-is-newer.md).
 */
export function compareReads(a: ReadMoment, b: ReadMoment): number {
  const apartUs = a.read_at_us - b.read_at_us
  if (Math.abs(apartUs) > clockDecidesUs) return apartUs
  return a.snapshot_xmax - b.snapshot_xmax || b.snapshot_in_progress - a.snapshot_in_progress
}
