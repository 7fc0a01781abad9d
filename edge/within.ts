import { CourantError } from '../runtime/errors.ts'

/** How long a request may wait for Kafka before it is told to come again. */
export const acknowledgeMs = 10_000
/** The Retry-After of an answer that asks for a repeat. */
export const retryAfterSeconds = '5'

/**
 * The work's result, or TOPICS_UNAVAILABLE after the time: a send that waits behind another one does not see its
 * signal yet, nor does a question of the cluster, and whoever called us must not wait for that.
 */
export function within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs)
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () =>
      reject(new CourantError('TOPICS_UNAVAILABLE', `Kafka did not answer within ${timeoutMs} ms`))
    )
  })
  return Promise.race([work(signal), late])
}
