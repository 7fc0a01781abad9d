import { CourantError, type ErrorCode } from '../../runtime/errors.ts'
import { isAbort } from '../../runtime/retry.ts'

const codes: ReadonlySet<ErrorCode> = new Set([
  'VALUE_UNFIT',
  'RUN_INCOMPLETE',
  'RUN_REFUSED',
  'CONFIG_INVALID',
  'KEY_INVALID'
])

/**
 * Why a run is to be given up, where the reason lies in the run itself: another attempt at it would fail again, while
 * the next run may be well. Giving up loses nothing, because the next run begins where the last success ended. Null for
 * what is to be waited for or mended first, such as a server that is down, a right, a full disc.
 */
export function reasonInRun(error: unknown, table: string): CourantError | null {
  if (error instanceof CourantError) return codes.has(error.code) ? error : null
  // The system's own errors have a code: a folder that cannot be written says nothing of the run.
  if (isAbort(error) || typeof (error as { code?: unknown } | null)?.code === 'string') return null
  const kind = error instanceof Error ? error.name : typeof error
  return new CourantError(
    'RUN_REFUSED',
    `A run of ${table} cannot be taken in, for a reason that is not foreseen (${kind}; the log of the process has it): report it; the next run is tried all the same`,
    { cause: error }
  )
}

/** What a database refused while a run was merged, as RUN_REFUSED unless it concerns the server or our rights there. */
export function refusedRun(error: unknown): unknown {
  if (!(error instanceof CourantError) || error.code !== 'TARGET_REFUSED') return error
  const { message, details } = error
  return details['isOfServer'] === true
    ? error
    : new CourantError('RUN_REFUSED', message, { cause: error, details: { ...details } })
}
