import { readFileSync } from 'node:fs'
import { identityOf, isAlive } from './process-identity.ts'

/**
 * Calls back once when the npm that runs us as a script is gone, kill -9 included: nobody is left then to stop us.
 * Started in any other way, a process may well outlive its parent, and nothing is watched.
 */
export function stoppedByNpm(onGone: () => void): void {
  if (process.env['npm_lifecycle_event'] !== undefined) watch(npmAbove(process.ppid), onGone)
}

/** Calls back once when the process that started us is gone; does not keep this process alive. */
export function watchParent(onGone: () => void): void {
  watch(process.ppid, onGone)
}

function watch(pid: number, onGone: () => void): void {
  const identity = identityOf(pid) ?? ''
  const timer = setInterval(() => {
    if (isAlive(identity)) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
}

/** npm runs a script in a shell, and some shells stay between. */
function npmAbove(parent: number): number {
  try {
    const status = readFileSync(`/proc/${parent}/status`, 'utf8')
    const isShell = /^Name:\t\w*sh$/m.test(status)
    return isShell ? Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]) : parent
  } catch {
    return parent
  }
}
