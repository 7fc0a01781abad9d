import { setTimeout as wait } from 'node:timers/promises'
import { quantile } from './quantile.ts'

export interface Rate {
  readonly perSecond: number
  readonly seconds: number
}

/** What became of requests that were begun at an even rate, however long the ones before took. */
export interface LoadResult {
  /** Sorted, in milliseconds from when each was due, so that a wait for its turn counts. */
  readonly latenciesMs: readonly number[]
  readonly requests: number
  /** That ended well; the others have no latency. */
  readonly accepted: number
  readonly cpuSeconds: number
}

/** Begins requests at an even rate and waits for all of them; `request` says whether it ended well. */
export async function evenLoad(
  { perSecond, seconds }: Rate,
  request: (n: number) => Promise<boolean>
): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const begunAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const one = async (n: number) => {
    if (await request(n)) latenciesMs.push(performance.now() - begunAt - (n * 1000) / perSecond)
  }
  const running: Promise<void>[] = []
  const all = perSecond * seconds
  while (running.length < all) {
    const due = Math.min(all, Math.floor(((performance.now() - begunAt) / 1000) * perSecond) + 1)
    while (running.length < due) running.push(one(running.length))
    await wait(1)
  }
  await Promise.all(running)
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    latenciesMs: latenciesMs.toSorted((a, b) => a - b),
    requests: all,
    accepted: latenciesMs.length,
    cpuSeconds: (user + system) / 1e6
  }
}

/** The columns that say how long requests took. */
export const latencyColumns = ({ latenciesMs }: Pick<LoadResult, 'latenciesMs'>) => ({
  'p50 ms': quantile(latenciesMs, 0.5),
  'p95 ms': quantile(latenciesMs, 0.95),
  'p99 ms': quantile(latenciesMs, 0.99),
  'max ms': quantile(latenciesMs, 1)
})
