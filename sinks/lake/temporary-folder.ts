import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'courant-lake-'
const dayMs = 86_400_000

let own: string | undefined

/** This process's folder for files on their way into the lake. What processes that were killed left is swept first. */
export function temporaryFolder(): string {
  if (own !== undefined) return own
  sweep()
  own = join(tmpdir(), `${prefix}${process.pid}`)
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own, { recursive: true })
  process.once('exit', () =>
    rmSync(join(tmpdir(), `${prefix}${process.pid}`), { recursive: true, force: true })
  )
  return own
}

// By age and not by process id alone: containers that share a temporary folder do not share process ids.
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name)
    if (!/^courant-lake-\d+$/.test(name) || isRunning(Number(name.slice(prefix.length)))) continue
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > dayMs) rmSync(folder, { recursive: true, force: true })
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
