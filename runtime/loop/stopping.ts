import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for something until the signal aborts, and rejects with its reason then; how it ends after that is nobody's concern. */
export async function untilAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason as Error)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([running, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** A signal that follows another after a grace, so that what is in hand can be finished. */
export function afterGrace(signal: AbortSignal, graceMs: number): { signal: AbortSignal; cancel(): void } {
  const deadline = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    timer = setTimeout(() => deadline.abort(), graceMs)
  }
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  return {
    signal: deadline.signal,
    cancel() {
      clearTimeout(timer)
      signal.removeEventListener('abort', start)
    }
  }
}

/** Whether something ends, well or not, within so many milliseconds. */
export async function endsWithin(running: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = running.then(
    () => true,
    () => true
  )
  const timer = new AbortController()
  // It holds the process: one that has nothing else to do would end before what comes after the wait.
  const late = sleep(ms, false, { signal: timer.signal })
  try {
    return await Promise.race([ended, late])
  } finally {
    timer.abort()
  }
}
