import { setTimeout as wait } from 'node:timers/promises'

/** However much a probe changes what it says, it is given up after so many times its time-out. */
const longest = 10

/**
 * Asks again until the probe neither throws nor answers with something falsy, and gives its answer. It fails with what
 * was awaited and the last error once the probe has said the same for `timeoutMs`: a probe whose error tells how much is
 * left (records behind, rows that differ) is waited for as long as that changes.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {}
): Promise<T> {
  const { timeoutMs = 15_000, what = 'the condition' } = options
  const begunAt = Date.now()
  let changedAt = begunAt
  let last: unknown
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const before = said(last)
    try {
      const answer = await probe()
      if (answer) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    const now = Date.now()
    if (said(last) !== before) changedAt = now
    if (now - changedAt >= timeoutMs || now - begunAt >= longest * timeoutMs)
      throw new Error(
        `${what} did not come true: nothing changed for ${now - changedAt} ms of ${now - begunAt}${said(last) && `: ${said(last)}`}`,
        { cause: last }
      )
    await wait(pauseMs)
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : '')
