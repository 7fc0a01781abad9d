import type { Logger } from 'pino'
import { OdbcConnection } from '../../producers/progress/odbc-connection.ts'
import { progressSettings } from '../../producers/progress/settings.ts'
import { createLog, logLevel } from '../../runtime/observability.ts'
import { retryWithin } from '../../runtime/retry.ts'
import { sharedSettings } from '../../runtime/loop/run-all.ts'
import { checkSettings, type Environment, type Setting, type Settings } from '../../runtime/settings.ts'
import type { OdsDatabase } from '../../sinks/ods/ods-database.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { odsSinkSettings } from '../../sinks/ods/settings.ts'
import { closeConnections, connectionSettings } from '../../topics/connection.ts'
import { planSettings } from '../../topics/plan.ts'
import { endSoon, untilStopSignal } from '../../cli/verb/stop-signal.ts'
import { useSampleErp } from './sample-erp.ts'
import { etlSettings, patience } from './settings.ts'

/** The systems a verb talks to; only their settings have to be right. */
export type System = 'ods' | 'source' | 'kafka'

const settingsOf: Readonly<Record<System, readonly Setting[]>> = {
  ods: odsSinkSettings,
  source: progressSettings,
  kafka: [...connectionSettings, ...planSettings]
}

/** What the etl verbs share. */
export interface EtlSession {
  readonly env: Environment
  readonly settings: Settings
  readonly logger: Logger
  readonly ods: OdsDatabase
  /** The source; it is connected when it is used. */
  readonly connection: OdbcConnection
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/**
 * Asks a server that does not answer again, for as long as the settings have patience; rejects with its last error then.
 */
export function patiently<T>(
  { settings, signal, logger }: EtlSession,
  attempt: () => Promise<T>
): Promise<T> {
  return retryWithin(attempt, {
    withinMs: settings.number(patience),
    signal,
    maxWaitMs: 2_000,
    onRetry(error, tries) {
      if (tries === 1) logger.warn({ err: error }, 'waits until the server answers')
    }
  })
}

/** Checks the settings of the systems a verb needs, does its work, and closes everything whatever happens. */
export async function withEtl<T>(
  systems: readonly System[],
  work: (session: EtlSession) => Promise<T>
): Promise<T> {
  const { env } = process
  useSampleErp(env)
  checkSettings([...etlSettings, logLevel, ...systems.flatMap((system) => settingsOf[system])], env)
  const settings = sharedSettings(env)
  const ods = openOds(settings)
  const connection = new OdbcConnection(settings)
  // What a run does is shown by its progress; the log has what goes wrong.
  const logger = createLog(env[logLevel.env] ?? 'warn')
  try {
    return await work({ env, settings, logger, ods, connection, signal: untilStopSignal().signal })
  } finally {
    await connection.close()
    await ods.close()
    await closeConnections()
    endSoon()
  }
}
