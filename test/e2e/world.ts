import { mkdtempSync, chmodSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Running, ServerName } from '../../local/server.ts'
import { type ConnectedSources, connectSources } from '../../local/sample/connect-sources.ts'
import { createSourceSchema } from '../../local/sample/create-source-schema.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { type Settings, settingsFrom } from '../../runtime/settings.ts'
import { pipelinesNamed } from '../../cli/pipelines.ts'
import { connectionFor } from '../../topics/connection.ts'
import type { LagSample } from '../../topics/lag.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { eventually } from '../support/eventually.ts'
import { lagOf } from '../support/lag-of.ts'

/** A private set of servers and Courant's processes on it, every one of which may be killed. */
export interface World {
  readonly env: Readonly<Record<string, string>>
  readonly settings: Settings
  readonly dataDir: string
  readonly servers: ReadonlyMap<ServerName, Running>
  readonly processes: ReadonlyMap<string, CourantProcess>
  readonly sources: ConnectedSources
  /** Runs a command to its end. */
  courant(args: readonly string[]): Promise<{ readonly code: unknown; readonly output: string }>
  close(): Promise<void>
}

/** How the pipelines are spread over processes. */
const processArgs: Readonly<Record<string, readonly string[]>> = {
  producers: ['run', 'postgres.*', 'cassandra.*'],
  processors: ['run', 'clean-*'],
  lake: ['run', 'bronze.*', 'silver.*'],
  gold: ['run', 'gold']
}

/** Starts the servers and creates source tables and topics; the processes are made, but not started. */
export async function startWorld(): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'courant-e2e-'))
  // PostgreSQL runs as another user when the tests run as root, and has to get through.
  chmodSync(dataDir, 0o755)
  const names: ServerName[] = ['kafka', 'registry', 'cassandra', 'postgres', 'minio']
  const stack = await startStack({ servers: names, dataDir, ports: 'free', env: withoutEndpoints() })
  try {
    return await worldOn(stack, dataDir)
  } catch (error) {
    await stack.stop()
    throw error
  }
}

// The shared test stack is not to be killed: this world starts its own.
function withoutEndpoints(): Record<string, string | undefined> {
  const endpoints = /^(PG|MINIO_|COURANT_KAFKA_BROKERS|COURANT_REGISTRY_URL|COURANT_CASSANDRA_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !endpoints.test(name)))
}

async function worldOn(stack: Stack, dataDir: string): Promise<World> {
  const env: Record<string, string> = {
    ...stack.env,
    COURANT_STATE_DIR: join(dataDir, 'state'),
    COURANT_GOLD_DIR: join(dataDir, 'gold'),
    COURANT_ANALYTICS_PATH: join(dataDir, 'analytics.duckdb'),
    COURANT_LAKE_URL: 's3://lake',
    COURANT_LAKE_LINGER_MS: '1000',
    COURANT_POSTGRES_COMPARE_MS: '5000',
    COURANT_CASSANDRA_COMPARE_MS: '5000',
    COURANT_OPERATOR_PORT: '0',
    COURANT_SYSTEMS: 'activity',
    COURANT_LOG_LEVEL: 'info'
  }
  // connectSources and pg read the endpoints from the environment of this process.
  Object.assign(process.env, env)
  const settings = settingsFrom(env)
  const sources = await connectSources(settings)
  await createSourceSchema(sources)
  const processes = new Map(
    Object.entries(processArgs).map(([name, args]) => {
      const logFile = join(dataDir, 'logs', `courant-${name}.log`)
      return [name, new CourantProcess(name, { args, env, logFile })] as const
    })
  )
  const courant = async (args: readonly string[]) => {
    const logFile = join(dataDir, 'logs', `courant-${args.slice(0, 2).join('-')}.log`)
    const command = new CourantProcess(args.join(' '), { args, env, logFile })
    command.start()
    return { code: await command.ended(), output: command.output() }
  }
  const applied = await courant(['topics', 'apply'])
  if (applied.code !== 0) throw new Error(`courant topics apply failed:\n${applied.output}`)
  return {
    env,
    settings,
    dataDir,
    servers: stack.servers,
    processes,
    sources,
    courant,
    async close() {
      await Promise.all(
        [...processes.values()].filter(({ isRunning }) => isRunning).map((one) => one.end('SIGKILL'))
      )
      await sources.close()
      await stack.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
}

/** The lag of every pipeline of the world that reads topics, as `courant lag` and the metrics know it. */
export async function lags({ settings }: World): Promise<ReadonlyMap<string, readonly LagSample[]>> {
  const readers = pipelinesNamed(Object.values(processArgs).flatMap(([, ...names]) => names)).filter(
    ({ reads }) => reads.length > 0
  )
  const groups = readers.map(({ name, reads }) => ({ group: name, topics: reads }))
  return lagOf(connectionFor(settings), groups, AbortSignal.timeout(30_000))
}

/** Waits for something that crosses every pipeline, so a generous time; the last problem is in the error. */
export const eventuallyEndToEnd = <T>(what: string, probe: () => Promise<T>): Promise<T> =>
  eventually(probe, { timeoutMs: 120_000, what })
