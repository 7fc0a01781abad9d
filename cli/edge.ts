import type { Command } from 'commander'
import { edgeSettings, serveEdge } from '../edge/app.ts'
import { operatorSettings, serveOperator } from '../edge/operator.ts'
import { createLog, logLevel, logOf, MetricsRegistry } from '../runtime/observability.ts'
import { untilStopSignal } from './stop-signal.ts'
import { withConnection } from './with-connection.ts'

/** `courant edge`: takes events over HTTP until SIGINT or SIGTERM. */
export function edgeCommand(program: Command): void {
  program
    .command('edge')
    .description('take events over HTTP (POST /topics/{topic}/events) until Ctrl-C')
    .action(() =>
      withConnection(
        async (_connection, settings) => {
          const logger = createLog(settings.text(logLevel))
          const log = logOf(logger, 'edge')
          const { signal } = untilStopSignal()
          const edge = await serveEdge({ settings, log })
          const operator = await serveOperator({
            settings,
            metrics: new MetricsRegistry(),
            isReady: () => !signal.aborted
          })
          log.info({ url: edge.url, operatorUrl: operator.url }, 'listening')
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
          await edge.close()
          await operator.close()
        },
        [...edgeSettings, ...operatorSettings, logLevel]
      )
    )
}
