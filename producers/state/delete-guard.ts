import type { Context } from '../../runtime/pipeline.ts'
import type { Setting } from '../../runtime/settings.ts'

const maxDeleteShare: Setting = {
  env: 'COURANT_MAX_DELETE_SHARE',
  describe:
    'Share of a table (0 to 1) that one comparison may delete unasked; fewer than 1000 rows always pass',
  default: '0.2',
  check: (text) => (Number(text) >= 0 && Number(text) <= 1 ? null : 'must be a number from 0 to 1')
}

const confirmDeletes: Setting = {
  env: 'COURANT_CONFIRM_DELETES',
  describe: 'Pipelines whose refused deletes are confirmed, separated by commas',
  default: ''
}

export const deleteGuardSettings: readonly Setting[] = [maxDeleteShare, confirmDeletes]

const alwaysAllowedRows = 1000

/**
 * Whether a comparison may publish its deletes: a table that lost a large share of its rows was more likely restored,
 * swapped or misread than emptied. Sets the gauge `deletes_refused` and, when it refuses, logs what to do.
 */
export function mayDelete(context: Context, found: { missing: number; live: number }): boolean {
  const { missing, live } = found
  const share = live === 0 ? 0 : missing / live
  const isLarge = missing >= alwaysAllowedRows && share > context.settings.number(maxDeleteShare)
  const isRefused = isLarge && !isConfirmed(context)
  context.metrics.gauge('deletes_refused', isRefused ? missing : 0)
  if (isRefused)
    context.log.error(
      { missing, live },
      `${missing} of ${live} rows are gone from the source: their deletes are not published. See whether the source ` +
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
