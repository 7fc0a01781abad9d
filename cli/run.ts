import type { Command } from 'commander'
import { MetricsRegistry, createLog, logLevel } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { type PipelineStatus, type Running, runAll, sharedSettings } from '../runtime/run-all.ts'
import type { Settings } from '../runtime/settings.ts'
import { closeConnections } from '../topics/connection.ts'
import { deadLetterWriter } from '../topics/dead-letters.ts'
import { serveOperator } from '../edge/operator.ts'
import { pipelinesNamed } from './pipelines.ts'
import { untilSettled } from './settled.ts'
import { type StopSignal, untilStopSignal } from './stop-signal.ts'

/** `courant run [pipelines…]`: runs pipelines in this process until SIGINT or SIGTERM, or until caught up. */
export function runCommand(program: Command): void {
  program
    .command('run')
    .description('run pipelines, all unless named (patterns such as `silver.*` work)')
    .argument('[pipelines...]')
    .option('--once', 'stop once everything has been read and nothing lags')
    .action(async (names: string[], { once = false }: { once?: boolean }) => {
      const pipelines = pipelinesNamed(names)
      await runUntilStopped(pipelines, { once })
    })
}

async function runUntilStopped(
  pipelines: readonly AnyPipeline[],
  { once }: { once: boolean }
): Promise<void> {
  const settings = sharedSettings(process.env)
  const logger = createLog(settings.text(logLevel))
  const stop = untilStopSignal()
  const started = startPipelines(pipelines, stop.signal, logger)
  const operator = await serveOperator({
    settings,
    metrics: started.metrics,
    isReady: () => isReady(started.status)
  })
  logger.info({ pipelines: pipelines.length, url: operator.url }, 'running')
  try {
    if (once) void stopOnceSettled(pipelines, { settings, status: started.status, stop })
    await started.done
  } finally {
    await operator.close()
    await closeConnections()
  }
}

async function stopOnceSettled(
  pipelines: readonly AnyPipeline[],
  { settings, status, stop }: { settings: Settings; status: readonly PipelineStatus[]; stop: StopSignal }
): Promise<void> {
  await untilSettled(pipelines, { settings, status, signal: stop.signal })
  stop.stop()
}

/** Pipelines with their dead letters and metrics, running in this process. */
export function startPipelines(
  pipelines: readonly AnyPipeline[],
  signal: AbortSignal,
  logger: ReturnType<typeof createLog>
): Running & { readonly metrics: MetricsRegistry } {
  const metrics = new MetricsRegistry()
  const running = runAll(pipelines, {
    env: process.env,
    signal,
    logger,
    metrics,
    deadLetters: deadLetterWriter
  })
  return { ...running, metrics }
}

const isReady = (status: readonly PipelineStatus[]): boolean =>
  status.every(({ state }) => state === 'running')
