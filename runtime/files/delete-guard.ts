import type { Context } from '../pipeline.ts'
import { type Setting, wholeNumber } from '../settings.ts'

const maxDeleteShare: Setting = {
  env: 'COURANT_MAX_DELETE_SHARE',
  describe:
    'Share of a table (0 to 1) that one comparison or full run may delete unasked, if that is more than the rows that always pass',
  default: '0.2',
  check: (text) => (Number(text) >= 0 && Number(text) <= 1 ? null : 'must be a number from 0 to 1')
}

/** How many rows the guard always lets go, where a writer has no setting of its own for it. */
export const deletesAllowed: Setting = {
  env: 'COURANT_DELETES_ALLOWED',
  describe:
    'Rows that one comparison may always delete unasked; more only up to the share COURANT_MAX_DELETE_SHARE',
  default: '20',
  check: wholeNumber(0)
}

const confirmDeletes: Setting = {
  env: 'COURANT_CONFIRM_DELETES',
  describe: 'Pipelines whose refused deletes are confirmed, separated by commas',
  default: ''
}

export const deleteGuardSettings: readonly Setting[] = [maxDeleteShare, confirmDeletes]

/** What a comparison found: rows it misses, of how many; and the setting that says how many may always go. */
export interface FoundDeletes {
  readonly missing: number
  readonly live: number
  readonly allowed: Setting
}

/**
 * Whether a comparison may carry out its deletes: a table that lost a large share of its rows was more likely
 * restored, swapped or misread than emptied. Sets the gauge `deletes_refused` and, when it refuses, logs what to do.
 */
export function mayDelete(context: Context, { missing, live, allowed }: FoundDeletes): boolean {
  const share = live === 0 ? 0 : missing / live
  const isLarge =
    missing > context.settings.number(allowed) && share > context.settings.number(maxDeleteShare)
  const isRefused = isLarge && !isConfirmed(context)
  context.metrics.gauge('deletes_refused', isRefused ? missing : 0)
  if (isRefused)
    context.log.error(
      { missing, live },
      `${missing} of ${live} rows are gone from the source: their deletes are not carried out. See whether the source ` +
        `is the right one and whole; if they were meant, start again with ${confirmDeletes.env}=${context.pipeline}`
    )
  return !isRefused
}

function isConfirmed(context: Context): boolean {
  return context.settings
    .text(confirmDeletes)
    .split(',')
    .some((name) => name.trim() === context.pipeline)
}
