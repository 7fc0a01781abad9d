import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CourantError } from './errors.ts'

const prefix = 'courant-process-'
const dayMs = 86_400_000

let own: string | undefined

/**
 * This process's folder for files that do not outlive it, closed to other users; what processes that were killed left is
 * swept first.
 */
export function temporaryFolder(): string {
  if (own !== undefined) return own
  sweep()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  own = folder
  return folder
}

/** Whether there was no room on a disc for what Node or DuckDB, which tells it in words only, wanted to write. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && /ENOSPC|EDQUOT|No space left|quota exceeded/i.test(error.message)

/** Says what to do when there is no room for temporary files; any other error stays what it is. */
export function temporaryError(error: unknown): unknown {
  if (!isDiskFull(error)) return error
  return new CourantError(
    'TARGET_FULL',
    `The folder for temporary files, ${tmpdir()}, is full: make room, or set TMPDIR to one that has more, and start again`,
    { cause: error }
  )
}

// By age and not by process id alone: containers that share a temporary folder do not share process ids.
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^courant-process-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || isRunning(Number(pid))) continue
    const folder = join(tmpdir(), name)
    const found = statSync(folder, { throwIfNoEntry: false })
    const isOurs = found?.uid === process.getuid?.()
    if (found && isOurs && Date.now() - found.mtimeMs > dayMs)
      rmSync(folder, { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
