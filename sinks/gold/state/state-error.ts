import { CourantError } from '../../../runtime/errors.ts'

/** Primary result codes of SQLite for what may pass: an error of input or output, a full disk (sqlite.org/rescode.html). */
const passing: readonly number[] = [10, 13]

/** Says what to do when SQLite or the file system cannot use Gold's folder; any other error stays what it is. */
export function stateError(error: unknown, folder: string): unknown {
  const { errcode, syscall, message } = error as Error & { errcode?: number; syscall?: string }
  if (errcode === undefined && syscall === undefined) return error
  // The lowest byte of an extended code is its primary one.
  if (passing.includes((errcode ?? 0) & 0xff))
    return new CourantError('TARGET_UNAVAILABLE', `Gold cannot write to ${folder} (${message}); make room`, {
      cause: error
    })
  return new CourantError(
    'TARGET_REFUSED',
    `Gold cannot use ${folder} (${message}); check its rights. If state.sqlite is damaged, move the folder away: what it had is read from the topics again`,
    { cause: error }
  )
}
