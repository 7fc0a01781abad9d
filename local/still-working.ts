import { readFileSync } from 'node:fs'

/** How much a process has done: bytes it has logged, and the processor time it has had. */
export interface Progress {
  readonly logged: number
  readonly cpuMs: number
}

export interface Patience {
  /** It is given up once it has neither logged anything nor had `cpuMs` of processor time for so long. */
  readonly idleMs: number
  readonly cpuMs: number
}

/** A JVM that waits for nothing has a few milliseconds a second; one that starts at load 30 has twenty times that. */
const startingPatience: Patience = { idleMs: 120_000, cpuMs: 2500 }

/** Tells a process that works, however slowly, from one that does nothing any more. */
export class WorkWatch {
  readonly #patience: Patience
  #last: Progress
  #sinceMs: number

  constructor(first: Progress, nowMs: number, patience: Patience = startingPatience) {
    this.#last = first
    this.#sinceMs = nowMs
    this.#patience = patience
  }

  /** True once it has been idle for too long. */
  isIdle(progress: Progress, nowMs: number): boolean {
    const works =
      progress.logged !== this.#last.logged || progress.cpuMs - this.#last.cpuMs >= this.#patience.cpuMs
    if (works) {
      this.#last = progress
      this.#sinceMs = nowMs
    }
    return nowMs - this.#sinceMs >= this.#patience.idleMs
  }
}

/** Ticks of a second in which Linux counts processor time (sysconf(_SC_CLK_TCK)), on every platform we run on. */
const ticksPerSecond = 100

/** Processor time that a process and its threads have had; 0 when it is gone. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
  } catch {
    return 0
  }
}
