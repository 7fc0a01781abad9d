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

/**
 * Waits until nothing is left, as long as what is left changes: how fast a machine is decides nothing. Fails once it has
 * been the same for `stillMs`; a probe that throws counts as no change.
 */
export async function untilNothingIsLeft(
  left: () => Promise<object>,
  { stillMs = 120_000, what }: { readonly stillMs?: number; readonly what: string }
): Promise<void> {
  let last = ''
  let changedAt = Date.now()
  for (;;) {
    const now = await left().then(JSON.stringify, (error: unknown) => `${last} (${String(error)})`)
    if (now === '{}') return
    if (now !== last && !now.startsWith(`${last} (`)) {
      last = now
      changedAt = Date.now()
    }
    if (Date.now() - changedAt > stillMs)
      throw new Error(`${what} has not changed for ${stillMs} ms: ${now} is left`)
    await wait(500)
  }
}
