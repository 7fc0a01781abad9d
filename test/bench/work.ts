import { setTimeout as wait } from 'node:timers/promises'
import type { Running, ServerName } from '../../local/server.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { cpuSecondsOf } from './process-usage.ts'

/** What a process did and what it cost. */
export interface Work {
  readonly rows: number
  /** From its start to its last row. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakRssMb: number
  /** Of `cpuSeconds`, what it took until its first rows were seen. */
  readonly startCpuSeconds: number
  /** Between the first rows seen and the last one, so that no program pays for its start. */
  readonly rowsPerCpuSecond: number
}

const lookMs = 100

/** Watches a process that has just started until `done` says that all rows are, and gives what it cost. */
export async function watchWork(
  process: MeasuredProcess,
  { rows, done }: { rows: number; done: () => Promise<number> }
): Promise<Work> {
  const begunAt = performance.now()
  const untilSeen = async (least: number) => {
    for (;;) {
      const seen = await done()
      if (seen >= least) return { rows: seen, ...process.usage() }
      await wait(lookMs)
    }
  }
  const first = await process.whileRunning(untilSeen(1))
  const last = await process.whileRunning(untilSeen(rows))
  const worked = Math.max(last.cpuSeconds - first.cpuSeconds, 0.01)
  return {
    rows,
    seconds: (performance.now() - begunAt) / 1000,
    cpuSeconds: last.cpuSeconds,
    peakRssMb: last.peakRssMb,
    startCpuSeconds: first.cpuSeconds,
    rowsPerCpuSecond: (last.rows - first.rows) / worked
  }
}

/** Waits for a process that ends by itself; its start counts in full. */
export async function watchToEnd(process: MeasuredProcess, rows: number): Promise<Work> {
  const begunAt = performance.now()
  await process.ended
  const usage = process.usage()
  const seconds = (performance.now() - begunAt) / 1000
  return { rows, seconds, ...usage, startCpuSeconds: 0, rowsPerCpuSecond: rows / usage.cpuSeconds }
}

/** A row of a table of results. */
export function workRow(what: string, work: Work): Record<string, string | number> {
  return {
    what,
    'rows / CPU s': work.rowsPerCpuSecond,
    'CPU s': work.cpuSeconds,
    'of that start': work.startCpuSeconds,
    'rows / s': work.rows / work.seconds,
    seconds: work.seconds,
    'peak RSS MB': work.peakRssMb
  }
}

/** CPU seconds that servers of this run spend from now until the function it gives is called; null where unknown. */
export function serverCost(
  servers: ReadonlyMap<ServerName, Running>,
  names: readonly ServerName[]
): () => Record<string, number | null> {
  const spent = (name: ServerName) => {
    const running = servers.get(name)
    return running ? cpuSecondsOf(running.pid) : null
  }
  const before = names.map(spent)
  return () =>
    Object.fromEntries(
      names.map((name, i) => {
        const [then, now] = [before[i] ?? null, spent(name)]
        return [`${name} CPU s`, then === null || now === null ? null : now - then]
      })
    )
}
