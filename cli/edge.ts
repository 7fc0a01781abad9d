import type { Command } from 'commander'
import { edgeSettings, serveEdge } from '../edge/app.ts'
import { operatorSettings, serveOperator } from '../edge/operator.ts'
import { createLog, logLevel, MetricsRegistry } from '../runtime/observability.ts'
import { contextFor } from '../runtime/loop/run-all.ts'
import { howToSwitchOn, isOn, loadedSystems, systemsSetting } from '../systems/loaded.ts'
import type { Routes } from '../systems/system.ts'
import { isTopic } from '../topics/catalogue.ts'
import { edgeTokenCommand } from './edge-token.ts'
import { declaredTopics } from './pipelines.ts'
import { untilStopped, untilStopSignal } from './verb/stop-signal.ts'
import { withConnection } from './verb/with-connection.ts'

/** `courant edge`: takes events, and what routes of systems take, over HTTP until SIGINT or SIGTERM. */
export function edgeCommand(program: Command): void {
  const edge = program.command('edge').action(() => {
    const routes = loadedSystems.flatMap((system) =>
      system.routes && isOn(system, process.env) ? [system.routes] : []
    )
    return withConnection(
      (_connection, settings) => serve(settings.text(logLevel), routes),
      [
        ...edgeSettings,
        ...operatorSettings,
        systemsSetting,
        logLevel,
        ...routes.flatMap(({ settings }) => settings)
      ]
    )
  })
  edgeTokenCommand(edge)
}

async function serve(level: string, routes: readonly Routes[]): Promise<void> {
  const { signal } = untilStopSignal()
  const metrics = new MetricsRegistry()
  const { env } = process
  const context = contextFor('edge', { env, logger: createLog(level), metrics })
  const { settings, log } = context
  for (const system of loadedSystems)
    if (system.routes && !isOn(system, env))
      log.info({}, `no routes of ${system.name}: ${howToSwitchOn(system, env)}`)
  const open: { close(): Promise<void> }[] = []
  const kept = <T extends { close(): Promise<void> }>(part: T): T => {
    open.unshift(part)
    return part
  }
  try {
    const added = []
    for (const one of routes) added.push(kept(await one.open(context, signal)).add)
    const operator = kept(await serveOperator({ settings, metrics, isReady: () => !signal.aborted }))
    const topics = declaredTopics.filter(isTopic)
    const edge = kept(await serveEdge({ settings, log, metrics: context.metrics, topics, routes: added }))
    log.info({ url: edge.url, operatorUrl: operator.url }, 'listening')
    await untilStopped(signal)
  } finally {
    // Also when one of them could not be opened: the others would hold the process, and take what nobody watches.
    for (const part of open) await part.close()
  }
}
