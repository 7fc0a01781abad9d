import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CourantError } from '../errors.ts'
import { identityOf, isAlive, processSpace } from '../process/process-identity.ts'

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
  writeFileSync(join(folder, ownerFile), `${processSpace()}\n${identityOf(process.pid)}\n`)
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

/** Says whose folder it is: where its process is numbered, and which one it is. */
const ownerFile = 'owner'

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^courant-process-(\d+)-/.exec(name)?.[1]
    if (pid === undefined) continue
    const folder = join(tmpdir(), name)
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found?.uid !== process.getuid?.()) continue
    if (isLeft(folder, Number(pid))) rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Of a process numbered where we are, it is known whether it lives. Others, such as those of containers that share the
 * temporary folder, are judged by age, as their numbers mean nothing here.
 */
function isLeft(folder: string, pid: number): boolean {
  const [space, identity] = ownerOf(folder)
  const ours = processSpace()
  if (ours !== null && space === ours && identity) return !isAlive(identity)
  const found = statSync(folder, { throwIfNoEntry: false })
  return found !== undefined && !isRunning(pid) && Date.now() - found.mtimeMs > dayMs
}

function ownerOf(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, ownerFile), 'utf8').split('\n')
  } catch {
    return []
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
