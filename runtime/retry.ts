import { setTimeout as sleep } from 'node:timers/promises'
import { verdictOf } from './errors.ts'

export interface RetryOptions {
  readonly signal: AbortSignal
  /** Told before each wait: the error, how many attempts failed, how long we wait. */
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void
  /** Told once an attempt succeeds after others failed. */
  readonly onRecovered?: () => void
  readonly firstWaitMs?: number
  readonly maxWaitMs?: number
}

/**
 * Tries again for as long as the error is transient, with exponential back-off, each wait between half of itself
 * and one and a half; rejects with any other error, or when the signal aborts.
 */
export async function retryTransient<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, onRetry, onRecovered, firstWaitMs = 100, maxWaitMs = 30_000 } = options
  for (let tries = 1, waitMs = firstWaitMs; ; tries++, waitMs = Math.min(waitMs * 2, maxWaitMs)) {
    try {
      const answer = await attempt()
      if (tries > 1) onRecovered?.()
      return answer
    } catch (error) {
      if (verdictOf(error) !== 'transient' || signal.aborted) throw error
      const jittered = Math.round(waitMs * (0.5 + Math.random()))
      onRetry?.(error, tries, jittered)
      await sleep(jittered, undefined, { signal })
    }
  }
}

/**
 * Tries again until `withinMs` have passed, and rejects with the last error then: that the time is over says less than
 * what it was spent on.
 */
export async function retryWithin<T>(
  attempt: () => Promise<T>,
  { withinMs, signal, onRetry, ...waits }: Partial<RetryOptions> & { readonly withinMs: number }
): Promise<T> {
  const deadline = AbortSignal.timeout(withinMs)
  let last: unknown
  try {
    return await retryTransient(attempt, {
      ...waits,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      onRetry(error, tries, waitMs) {
        last = error
        onRetry?.(error, tries, waitMs)
      }
    })
  } catch (error) {
    throw isAbort(error) && last !== undefined ? last : error
  }
}

/** True for the rejection that an aborted wait or call ends with. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
