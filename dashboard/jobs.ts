import { randomUUID } from 'node:crypto'

/** Something that was confirmed and is being done. */
export interface Job {
  readonly id: string
  readonly target: string
  readonly what: string
  readonly total: number
  readonly done: number
}

/** What is under way in this process, one thing a pipeline. */
export class Jobs {
  readonly #running = new Map<string, { job: Job; readonly stop: AbortController }>()

  /** Starts it unless something is under way there; false then. The work says how much it has done. */
  start(
    { target, what, total }: Pick<Job, 'target' | 'what' | 'total'>,
    work: (signal: AbortSignal, onDone: (count: number) => void) => Promise<void>
  ): boolean {
    if (this.all.some((job) => job.target === target)) return false
    const id = randomUUID()
    const entry = { job: { id, target, what, total, done: 0 }, stop: new AbortController() }
    this.#running.set(id, entry)
    const onDone = (count: number) => {
      entry.job = { ...entry.job, done: entry.job.done + count }
    }
    // What came of it, failures too, is in the audit.
    void work(entry.stop.signal, onDone)
      .catch(() => undefined)
      .finally(() => this.#running.delete(id))
    return true
  }

  get all(): readonly Job[] {
    return [...this.#running.values()].map(({ job }) => job)
  }

  stop(id: string): void {
    this.#running.get(id)?.stop.abort()
  }

  stopAll(): void {
    for (const { stop } of this.#running.values()) stop.abort()
  }
}
