import { setTimeout as wait } from 'node:timers/promises'

/**
 * Asks again until the probe neither throws nor answers with something falsy, and gives its answer; after
 * `timeoutMs` it fails with what was awaited and the last error.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {}
): Promise<T> {
  const { timeoutMs = 15_000, what = 'the condition' } = options
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    try {
      const answer = await probe()
      if (answer) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() >= deadline) {
      const reason = last instanceof Error ? `: ${last.message}` : ''
      throw new Error(`${what} did not come true within ${timeoutMs} ms${reason}`, { cause: last })
    }
    await wait(pauseMs)
  }
}
