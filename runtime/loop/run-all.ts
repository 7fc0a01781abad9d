import type { Logger } from 'pino'
import { type MetricsRegistry, logOf } from '../observability.ts'
import type { AnyPipeline, Context, Failure, Spec, Writer } from '../pipeline.ts'
import { filePositions, stateDir } from '../files/positions.ts'
import { mostItemsAtOnce } from './repeat-window.ts'
import { run } from '../run.ts'
import { longestRestartMs, NeighbourWatch, type OnFailure, superviseOne } from './supervise.ts'
import { type Environment, type Setting, checkSettings, settingsFrom, wholeNumber } from '../settings.ts'

const runSettings = {
  batchSize: {
    env: 'COURANT_BATCH_SIZE',
    describe:
      'Items a pipeline reads at once, where its writer has no wish of its own; less takes less memory',
    default: '1000',
    check: wholeNumber(1, mostItemsAtOnce)
  },
  pollMs: {
    env: 'COURANT_POLL_MS',
    describe: 'How long a pipeline that has caught up waits before it asks its source again, in milliseconds',
    default: '250',
    check: wholeNumber(1)
  },
  graceMs: {
    env: 'COURANT_GRACE_MS',
    describe:
      'How long a pipeline may take to finish the batch in hand when it is told to stop, and then to close its connections, in milliseconds',
    default: '10000',
    check: wholeNumber(0)
  },
  restartMs: {
    env: 'COURANT_RESTART_MS',
    describe:
      'How long a pipeline that has failed waits before it is started again while others go on, in milliseconds; doubled with each failure, up to five minutes',
    default: '5000',
    check: wholeNumber(1, longestRestartMs)
  }
} as const satisfies Record<string, Setting>

/**
 * `starting` until the first batch is through, `waiting` while something it needs is out of reach, `failed` from an
 * error that is not transient until a batch gets through again.
 */
export type PipelineState = 'starting' | 'running' | 'waiting' | 'stopped' | 'failed'

/** What is known of a running pipeline, for readiness and for people. */
export interface PipelineStatus {
  readonly name: string
  state: PipelineState
  /** True once it had nothing more to read. */
  caughtUp: boolean
  lastBatchAt: Date | null
  /** The transient error it is waiting out; null once what failed got through. */
  waitingOn: unknown
  /** What it failed with last; null once a batch got through after it. */
  error: unknown
  /** When a failed pipeline is started again; null while it is, and where that cannot help. */
  restartAt: Date | null
  /** How often it failed since it last ran for long. */
  failures: number
}

export interface RunAllOptions {
  readonly env: Environment
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly metrics: MetricsRegistry
  readonly deadLetters: (pipeline: string) => Spec<Writer<Failure>>
  /** What becomes of a pipeline that fails for good, and of the others; `restart` unless said. */
  readonly onFailure?: OnFailure
  /** Told of each failure. */
  readonly onFailed?: (name: string, error: unknown) => void
}

export interface Running {
  readonly status: readonly PipelineStatus[]
  /** Resolves when all have stopped; rejects then with what the first of those failed with that had not recovered. */
  readonly done: Promise<void>
}

/** Every setting the pipelines declare, each once. */
export function settingsOf(pipelines: readonly AnyPipeline[]): readonly Setting[] {
  const declared = pipelines.flatMap((pipeline) => {
    const specs: readonly (Spec<unknown> | undefined)[] = [
      pipeline.from,
      pipeline.to,
      pipeline.rejects,
      ...Object.values<Spec<unknown>>(pipeline.uses)
    ]
    return specs.flatMap((spec) => spec?.settings ?? [])
  })
  const all = [...declared, ...Object.values(runSettings), stateDir]
  return [...new Map(all.map((setting) => [setting.env, setting])).values()]
}

/**
 * Runs pipelines beside each other in this process. One that fails does not end the others: they go on, and it is
 * started again after a while. Once none is left that works, all end, so that whoever supervises the process is told.
 */
export function runAll(pipelines: readonly AnyPipeline[], options: RunAllOptions): Running {
  checkSettings(settingsOf(pipelines), options.env)
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const { onFailure = 'restart', onFailed } = options
  const neighbours = new NeighbourWatch(pipelines.length, onFailure, () => stop.abort())
  const status = pipelines.map(({ name }): PipelineStatus => {
    return {
      name,
      state: 'starting',
      caughtUp: false,
      lastBatchAt: null,
      waitingOn: null,
      error: null,
      restartAt: null,
      failures: 0
    }
  })
  const runs = pipelines.map((pipeline, i) => {
    const one = status[i] as PipelineStatus
    const context = contextFor(pipeline.name, options)
    const attempt = () => runOne(pipeline, one, { ...options, signal, context })
    return superviseOne(attempt, {
      status: one,
      context,
      signal,
      onFailure,
      onFailed,
      neighbours,
      firstWaitMs: context.settings.number(runSettings.restartMs)
    })
  })
  return { status, done: allSettled(runs) }
}

interface RunOneOptions extends RunAllOptions {
  readonly context: Context
}

async function runOne(pipeline: AnyPipeline, status: PipelineStatus, options: RunOneOptions): Promise<void> {
  const { context } = options
  const { settings } = context
  const deadLetters = await options.deadLetters(pipeline.name).open(context)
  try {
    await run(pipeline, {
      signal: options.signal,
      context,
      deadLetters,
      batchSize: settings.number(runSettings.batchSize),
      pollMs: settings.number(runSettings.pollMs),
      graceMs: settings.number(runSettings.graceMs),
      onRetry: (error) => {
        status.waitingOn = error
        if (error !== null) status.state = 'waiting'
        else if (status.error !== null) status.state = 'failed'
        else status.state = status.lastBatchAt ? 'running' : 'starting'
      },
      onBatch: (caughtUp) => {
        Object.assign(status, { state: 'running', waitingOn: null, error: null, caughtUp })
        status.lastBatchAt = context.now()
        context.metrics.gauge('last_batch_seconds', status.lastBatchAt.getTime() / 1000)
      }
    })
  } finally {
    await deadLetters.close().catch((error: unknown) => context.log.warn({ err: error }, 'could not close'))
  }
}

/** What a pipeline may use of the outside world, made from the environment. */
export function contextFor(
  name: string,
  { env, logger, metrics }: Pick<RunAllOptions, 'env' | 'logger' | 'metrics'>
): Context {
  const settings = sharedSettings(env)
  return {
    pipeline: name,
    settings,
    log: logOf(logger, name),
    metrics: metrics.of(name),
    now: () => new Date(),
    positions: filePositions(settings.text(stateDir), name)
  }
}

// One Settings object an environment, so that adapters can share connections by it.
const settingsByEnv = new WeakMap<Environment, ReturnType<typeof settingsFrom>>()

/** The settings of an environment; the same object for the same environment. */
export function sharedSettings(env: Environment): ReturnType<typeof settingsFrom> {
  const known = settingsByEnv.get(env) ?? settingsFrom(env)
  settingsByEnv.set(env, known)
  return known
}

async function allSettled(runs: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(runs)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
