import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { freePort } from '../../../local/ports.ts'
import { createApplicationTables } from '../../../local/sample/applications/create-tables.ts'
import { fillApplications } from '../../../local/sample/applications/fill-applications.ts'
import type { Running, ServerName } from '../../../local/server.ts'
import { startStack } from '../../../local/stack.ts'
import { type Settings, settingsFrom } from '../../../runtime/settings.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { blobOrigin, connectionStringVia, HttpFaultProxy } from '../../support/http-fault-proxy.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'
import { ownEnv } from '../../support/stack.ts'
import { type AzureFunction, startAzureFunction } from './azure-function.ts'
import { canary, plantCanary, secrets, teamsKey } from './canary.ts'

/** Everything job applications flow through, all of which may be killed; the storage account behind a proxy. */
export interface RecruitmentWorld {
  /** What Courant's processes are given. */
  readonly env: Readonly<Record<string, string>>
  /** The same, with the storage account as it is. */
  readonly settings: Settings
  /** Of the storage account as it is. */
  readonly connectionString: string
  readonly folder: string
  readonly servers: ReadonlyMap<ServerName, Running>
  readonly processes: ReadonlyMap<string, CourantProcess>
  readonly database: Pool
  readonly storage: HttpFaultProxy
  /** The Azure Function, which never takes the canary. */
  readonly functions: AzureFunction
  readonly teams: HttpReceiver
  readonly webhookUrl: string
  /** A command to start, with nothing between it and the servers. */
  command(args: readonly string[]): CourantProcess
  /** Runs such a command to its end. */
  courant(args: readonly string[]): Promise<string>
  close(): Promise<void>
}

const processArgs: Readonly<Record<string, readonly string[]>> = {
  edge: ['edge'],
  processors: ['run', 'claim-application-documents', 'curate-applications', 'postgres.applications'],
  sinks: ['run', 'azure.*']
}

/** Starts the servers, fills the database and creates the topics; the processes are made, but not started. */
export async function startRecruitmentWorld(applications: number): Promise<RecruitmentWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'courant-applications-'))
  // PostgreSQL runs as another user when the tests run as root, and has to get through.
  chmodSync(folder, 0o755)
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    return await build({ folder, applications, undo, close })
  } catch (error) {
    await close()
    throw error
  }
}

interface Site {
  readonly folder: string
  readonly applications: number
  /** What to do at the end, last first. */
  readonly undo: (() => unknown)[]
  readonly close: () => Promise<void>
}

async function build({ folder, applications, undo, close }: Site): Promise<RecruitmentWorld> {
  const stack = await startStack({
    servers: ['kafka', 'registry', 'postgres', 'azurite'],
    ports: 'free',
    env: ownEnv(folder)
  })
  undo.push(() => stack.stop())
  const database = await filledDatabase(stack.env, applications)
  undo.push(() => database.end())
  const direct = stack.env['AZURE_STORAGE_CONNECTION_STRING'] ?? ''
  const storage = await HttpFaultProxy.start(blobOrigin(direct))
  undo.push(() => storage.close())
  const [functions, teams] = [await startAzureFunction(canary.id), await HttpReceiver.start()]
  undo.push(() => Promise.all([functions.receiver.close(), teams.close()]))
  const edgePort = await freePort()
  const env = {
    ...stack.env,
    ...secrets,
    AZURE_STORAGE_CONNECTION_STRING: connectionStringVia(direct, storage.url),
    AZ_FUNC_ON_APP_SUBMITTED_URL: `${functions.receiver.url}/api/on-application`,
    COURANT_ALERTS_TEAMS_URL: `${teams.url}/workflow?sig=${teamsKey}`,
    COURANT_SYSTEMS: 'applications',
    COURANT_STATE_DIR: join(folder, 'state'),
    COURANT_EDGE_PORT: String(edgePort),
    COURANT_OPERATOR_PORT: '0',
    // As short as the broker allows, so that the group of a killed process is soon another's.
    COURANT_KAFKA_SESSION_MS: '6000',
    COURANT_AZURE_IDLE_MS: '2000',
    COURANT_LOG_LEVEL: 'debug'
  }
  const processOf = (name: string, args: readonly string[], vars: Record<string, string>) =>
    new CourantProcess(name, { args, env: vars, logFile: join(folder, 'logs', `courant-${name}.log`) })
  const processes = new Map(
    Object.entries(processArgs).map(([name, args]) => [name, processOf(name, args, env)] as const)
  )
  undo.push(() =>
    Promise.all([...processes.values()].filter((one) => one.isRunning).map((one) => one.end('SIGKILL')))
  )
  const plainEnv = { ...env, AZURE_STORAGE_CONNECTION_STRING: direct }
  const command = (args: readonly string[]) => processOf(args.slice(0, 2).join('-'), args, plainEnv)
  const courant = async (args: readonly string[]) => {
    const started = command(args)
    started.start()
    const code = await started.ended()
    if (code !== 0) throw new Error(`courant ${args.join(' ')} ended with ${code}:\n${started.output()}`)
    return started.output()
  }
  await courant(['topics', 'apply'])
  return {
    env,
    settings: settingsFrom(plainEnv),
    connectionString: direct,
    folder,
    servers: stack.servers,
    processes,
    database,
    storage,
    functions,
    teams,
    webhookUrl: `http://127.0.0.1:${edgePort}/api/v1/webhooks/application-submitted`,
    command,
    courant,
    close
  }
}

async function filledDatabase(
  { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE }: Readonly<Record<string, string>>,
  applications: number
): Promise<Pool> {
  const database = new Pool({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: PGDATABASE,
    max: 4
  })
  // A killed server ends idle connections; the next query opens another one.
  database.on('error', () => undefined)
  await createApplicationTables(database)
  const endingAt = new Date(new Date().setUTCHours(0, 0, 0, 0))
  await fillApplications({ seed: 1, applications, endingAt }, database)
  await plantCanary(database)
  return database
}
