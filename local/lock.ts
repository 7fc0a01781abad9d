import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { identityOf, isAlive } from './process-identity.ts'

/** Identity of the living process that holds a lock file, or null; what a dead one left counts as free. */
export function holderOf(lockFile: string): string | null {
  try {
    const identity = readFileSync(lockFile, 'utf8')
    return isAlive(identity) ? identity : null
  } catch {
    return null
  }
}

/** Takes a lock for this process and gives what releases it, or null when a living process holds it. */
export function tryLock(lockFile: string): (() => void) | null {
  mkdirSync(dirname(lockFile), { recursive: true })
  if (holderOf(lockFile) === null) rmSync(lockFile, { force: true })
  // A link appears whole or not at all, so nobody reads a lock whose holder is not yet written.
  const written = `${lockFile}.${randomUUID()}`
  writeFileSync(written, identityOf(process.pid) ?? '')
  try {
    linkSync(written, lockFile)
    return () => rmSync(lockFile, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    rmSync(written, { force: true })
  }
}

/** Does the work alone among all processes and callers that use the same lock file, in no particular order. */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const release = tryLock(lockFile)
    if (!release) {
      await wait(100)
      continue
    }
    try {
      return await work()
    } finally {
      release()
    }
  }
}
