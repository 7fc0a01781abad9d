import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { CourantError, verdictOf } from '../../runtime/errors.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { type PipelineStatus, runAll } from '../../runtime/loop/run-all.ts'
import type { Environment } from '../../runtime/settings.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import { Patience } from './load/patience.ts'

export interface RunUntilOptions<T> {
  readonly env: Environment
  readonly logger: Logger
  readonly signal: AbortSignal
  /** How long a transient error may last before it ends the run. */
  readonly patienceMs: number
  /** Asked four times a second; anything but null ends the run with it. */
  readonly outcome: () => Promise<T | null>
  /** Told at the same times whether something waits on a server. */
  readonly onLook?: (isWaiting: boolean) => void
}

const lookEveryMs = 250

/**
 * Runs pipelines until there is an outcome, and stops them. Rejects with the first failure, with a transient error that
 * outlasted the patience, and with RUN_INCOMPLETE when it was told to stop before.
 */
export async function runUntil<T>(
  pipelines: readonly AnyPipeline[],
  options: RunUntilOptions<T>
): Promise<T> {
  const stop = new AbortController()
  const running = runAll(pipelines, {
    ...options,
    signal: AbortSignal.any([options.signal, stop.signal]),
    metrics: new MetricsRegistry(),
    onFailure: 'stop all',
    deadLetters: deadLetterWriter
  })
  // Met by the race below, or not at all once there is an outcome.
  running.done.catch(() => undefined)
  try {
    return await Promise.race([look(running.status, options, stop.signal), endedEarly(running.done)])
  } finally {
    stop.abort()
    await running.done.catch(() => undefined)
  }
}

async function endedEarly(done: Promise<void>): Promise<never> {
  await done
  throw new CourantError('RUN_INCOMPLETE', 'Stopped before the run was in the ODS; load the table again')
}

async function look<T>(
  status: readonly PipelineStatus[],
  { outcome, patienceMs, onLook }: RunUntilOptions<T>,
  stopped: AbortSignal
): Promise<T> {
  const patience = new Patience(patienceMs)
  for (;;) {
    for (const { name, waitingOn } of status) patience.note(name, waitingOn)
    const found = await outcome().catch((error: unknown) => {
      if (verdictOf(error) !== 'transient') throw error
      patience.note('outcome', error)
      return undefined
    })
    if (found !== undefined) patience.note('outcome', null)
    if (found !== undefined && found !== null) return found
    onLook?.(patience.isWaiting)
    await wait(lookEveryMs, undefined, { signal: stopped })
  }
}
