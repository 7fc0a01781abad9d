import type { Command } from 'commander'
import { edgeSettings, serveEdge } from '../edge/app.ts'
import { operatorSettings, serveOperator } from '../edge/operator.ts'
import { applicationSource } from '../producers/applications/application-source.ts'
import { createLog, logLevel, MetricsRegistry } from '../runtime/observability.ts'
import type { Context } from '../runtime/pipeline.ts'
import { contextFor } from '../runtime/run-all.ts'
import { retryTransient } from '../runtime/retry.ts'
import { edgeTokenCommand } from './edge-token.ts'
import { untilStopped, untilStopSignal } from './verb/stop-signal.ts'
import { howToSwitchOn, isOn, systems } from './systems.ts'
import { withConnection } from './verb/with-connection.ts'

/** `courant edge`: takes events and webhooks over HTTP until SIGINT or SIGTERM. */
export function edgeCommand(program: Command): void {
  const edge = program.command('edge').action(() => {
    const takesApplications = isOn('applications', process.env)
    const needed = [...edgeSettings, ...operatorSettings, systems, logLevel]
    return withConnection(
      (_connection, settings) => serve(settings.text(logLevel), takesApplications),
      takesApplications ? [...needed, ...(applicationSource.settings ?? [])] : needed
    )
  })
  edgeTokenCommand(edge)
}

async function serve(level: string, takesApplications: boolean): Promise<void> {
  const { signal } = untilStopSignal()
  const metrics = new MetricsRegistry()
  const { env } = process
  const context = contextFor('edge', { env, logger: createLog(level), metrics })
  const { settings, log } = context
  if (!takesApplications)
    log.info({}, `no webhooks of job applications: ${howToSwitchOn('applications', env)}`)
  const open: { close(): Promise<void> }[] = []
  const kept = <T extends { close(): Promise<void> }>(part: T): T => {
    open.unshift(part)
    return part
  }
  try {
    const source = takesApplications ? kept(await openApplications(context, signal)) : null
    const applications = source && { applications: source }
    const operator = kept(await serveOperator({ settings, metrics, isReady: () => !signal.aborted }))
    const edge = kept(await serveEdge({ settings, log, metrics: context.metrics, ...applications }))
    log.info({ url: edge.url, operatorUrl: operator.url }, 'listening')
    await untilStopped(signal)
  } finally {
    // Also when one of them could not be opened: the others would hold the process, and take what nobody watches.
    for (const part of open) await part.close()
  }
}

const openApplications = (context: Context, signal: AbortSignal) =>
  retryTransient(() => applicationSource.open(context), {
    signal,
    onRetry: (error, tries) =>
      context.log.warn({ err: error, tries }, 'the database of job applications does not answer yet')
  })
