import type { Command } from 'commander'
import { createLog, logLevel } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { sharedSettings } from '../runtime/loop/run-all.ts'
import { closeConnections } from '../topics/connection.ts'
import { startLiveRun } from './verb/live-run.ts'
import { ageGauges, declaredForPages, pipelinesNamed } from './pipelines.ts'
import { untilSettled } from './settled.ts'
import { endSoon, untilStopSignal } from './verb/stop-signal.ts'

/** `courant run [pipelines…]`: runs pipelines in this process until SIGINT or SIGTERM, or until caught up. */
export function runCommand(program: Command): void {
  program
    .command('run')
    .argument('[pipelines...]')
    .option('--once', 'stop once everything has been read and nothing lags')
    .action((names: string[], options: { once?: boolean }) => runUntilStopped(pipelinesNamed(names), options))
}

async function runUntilStopped(
  pipelines: readonly AnyPipeline[],
  { once = false }: { once?: boolean }
): Promise<void> {
  const stop = untilStopSignal()
  const logger = createLog(sharedSettings(process.env).text(logLevel))
  try {
    const live = await startLiveRun(pipelines, {
      signal: stop.signal,
      logger,
      ageGauges,
      declared: declaredForPages,
      // What runs once has an end to come to: whoever started it decides whether it runs again.
      onFailure: once ? 'stay' : 'restart'
    })
    logger.info({ pipelines: pipelines.length, url: live.url }, 'running')
    try {
      if (once) await Promise.race([untilSettled(pipelines, { ...live, signal: stop.signal }), live.done])
      else await live.done
    } finally {
      // Also when it cannot be told whether all has settled: nobody watches the pipelines any more.
      stop.stop()
      await live.done.catch(() => undefined)
    }
    await live.done
  } finally {
    await closeConnections()
    endSoon()
  }
}
