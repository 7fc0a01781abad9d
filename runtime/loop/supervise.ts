import { setTimeout as sleep } from 'node:timers/promises'
import { CourantError, type ErrorCode } from '../errors.ts'
import type { Context } from '../pipeline.ts'
import type { PipelineStatus } from './run-all.ts'

/**
 * What becomes of a pipeline that fails for good: `restart` starts it again with back-off, `stay` leaves it, both while
 * the others go on; `stop all` ends the others, too.
 */
export type OnFailure = 'restart' | 'stay' | 'stop all'

/** The longest wait, and how long a pipeline must have run for its next failure to count as the first. */
export const longestRestartMs = 300_000

/** What was read once as the process started: only another start reads it again. */
const needsNewProcess: ReadonlySet<ErrorCode> = new Set(['CONFIG_INVALID', 'SCHEMA_INVALID', 'ODBC_MISSING'])

/** Knows which pipelines of a process are down, and ends it once none is left that works, or at the first failure. */
export class NeighbourWatch {
  readonly #down = new Set<string>()
  readonly #pipelines: number
  readonly #onFailure: OnFailure
  readonly #end: () => void

  constructor(pipelines: number, onFailure: OnFailure, end: () => void) {
    this.#pipelines = pipelines
    this.#onFailure = onFailure
    this.#end = end
  }

  failed(name: string): void {
    this.#down.add(name)
    if (this.#onFailure === 'stop all' || this.#down.size === this.#pipelines) this.#end()
  }

  startsAgain(name: string): void {
    this.#down.delete(name)
  }
}

export interface Supervision {
  readonly status: PipelineStatus
  readonly context: Context
  readonly signal: AbortSignal
  readonly onFailure: OnFailure
  readonly onFailed: ((name: string, error: unknown) => void) | undefined
  readonly neighbours: NeighbourWatch
  /** Before a failed pipeline is started again; each failure doubles it. */
  readonly firstWaitMs: number
}

/** Runs one pipeline until the signal, again after each failure where that can help; rejects with one it did not get over. */
export async function superviseOne(attempt: () => Promise<void>, supervision: Supervision): Promise<void> {
  const { status, signal, neighbours } = supervision
  for (;;) {
    const startedMs = performance.now()
    try {
      await attempt()
      // Told to stop before a batch got through again: that it failed is still what there is to tell.
      if (status.error === null) status.state = 'stopped'
      else throw status.error
      return
    } catch (error) {
      if (performance.now() - startedMs > longestRestartMs) status.failures = 0
      tell(error, supervision)
    }
    if (!status.restartAt) throw status.error
    await sleep(status.restartAt.getTime() - Date.now(), undefined, { signal }).catch(() => undefined)
    status.restartAt = null
    if (signal.aborted) throw status.error
    neighbours.startsAgain(status.name)
  }
}

/** Notes a failure where people and machines look, and when the pipeline is started again. */
function tell(error: unknown, supervision: Supervision): void {
  const { status, context, onFailed, neighbours, signal } = supervision
  const isNews = status.error !== error
  const { name } = status
  Object.assign(status, { state: 'failed', error, waitingOn: null, caughtUp: false })
  neighbours.failed(name)
  status.restartAt = signal.aborted ? null : nextStart(error, supervision)
  status.failures++
  if (!isNews) return
  context.metrics.count('failures_total', 1, { code: error instanceof CourantError ? error.code : 'unknown' })
  context.log.error({ err: error, restartAt: status.restartAt }, sentenceOf(supervision))
  onFailed?.(name, error)
}

function sentenceOf({ status, signal, onFailure }: Supervision): string {
  if (signal.aborted && onFailure !== 'stop all') return 'failed; no pipeline of this process is left'
  if (signal.aborted) return 'failed; the other pipelines of this process finish their batch and stop'
  if (status.restartAt) return 'failed; the other pipelines go on, and it is started again'
  return 'failed; the other pipelines go on'
}

function nextStart(error: unknown, { status, onFailure, firstWaitMs }: Supervision): Date | null {
  if (onFailure !== 'restart') return null
  if (error instanceof CourantError && needsNewProcess.has(error.code)) return null
  const waitMs = Math.min(firstWaitMs * 2 ** status.failures, longestRestartMs)
  return new Date(Date.now() + Math.round(waitMs * (0.75 + Math.random() / 2)))
}
