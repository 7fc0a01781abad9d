import { join } from 'node:path'
import { CourantError } from '../runtime/errors.ts'
import type { Environment } from '../runtime/settings.ts'
import { makeDataFolder } from './data-folder.ts'
import { cacheDirFrom, dataDirFrom } from './folders.ts'
import { install, isInstalled } from './install.ts'
import { launch, type LaunchOptions } from './launch.ts'
import { holderOf, tryLock } from './lock.ts'
import type { PortChoice } from './ports.ts'
import { type Prerequisite, lacking } from './prerequisites.ts'
import { provide } from './provide.ts'
import type { Report, Running, Server, ServerName } from './server.ts'
import { servers } from './servers.ts'

export interface StackOptions {
  readonly servers: readonly ServerName[]
  /** `COURANT_DATA_DIR` or `.courant` unless told. */
  readonly dataDir?: string
  /** `default` unless told; tests take `free`. */
  readonly ports?: PortChoice
  /** Gets each line of progress, the server's name first. */
  readonly report?: Report
  /** Where one does not start, leave the others running; else they are stopped, which is said. */
  readonly keepOthers?: boolean
  /** Settings, and the endpoints that replace a server; the process's environment unless told. */
  readonly env?: Environment
}

/** Servers that run together on one data folder. */
export interface Stack {
  /** The variables by which Courant's clients find the servers that were started here. */
  readonly env: Readonly<Record<string, string>>
  readonly servers: ReadonlyMap<ServerName, Running>
  /** Stops every server in order, and frees the data folder. */
  stop(): Promise<void>
}

/**
 * Installs what is missing and starts the servers side by side, each as soon as it is installed; one whose endpoint
 * is configured in the environment is left out. One that fails is started once more. They die with this process,
 * kill -9 included. Throws PREREQUISITE_MISSING or SERVER_NOT_READY.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env = process.env, report = () => {}, ports = 'default', keepOthers = false } = options
  const dataDir = options.dataDir ?? dataDirFrom(env)
  const cacheDir = cacheDirFrom(env)
  const wanted = notReplaced(options.servers, env, report)
  await provideFor(wanted, { cacheDir, env, report })
  const release = claim(dataDir)
  const results = await Promise.allSettled(
    wanted.map(async (server) => {
      const say = lineOf(server, report)
      try {
        const installed = await install(server, cacheDir, say)
        return await launchTwice(server, { installed, dataDir, ports, env, report: say })
      } catch (error) {
        say(error instanceof Error ? error.message : String(error))
        throw error
      }
    })
  )
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()))
    release()
  }
  const failure = results.find((result) => result.status === 'rejected')
  if (failure && !(keepOthers && started.length > 0)) {
    if (started.length > 0)
      report(`stopping ${started.map(({ name }) => name).join(', ')}, which had started`)
    await stop()
    throw failure.reason
  }
  return {
    env: Object.assign({}, ...started.map((server) => server.env)) as Record<string, string>,
    servers: new Map(started.map((server) => [server.name, server])),
    stop
  }
}

/** Has installed what the system must give to servers that are to be started later; PREREQUISITE_MISSING. */
export async function provideServers(
  names: readonly ServerName[],
  report: Report,
  env: Environment = process.env
): Promise<void> {
  const wanted = notReplaced(names, env, () => undefined)
  await provideFor(wanted, { cacheDir: cacheDirFrom(env), env, report })
}

/** Installs a server without starting it; PREREQUISITE_MISSING or SERVER_NOT_READY when it cannot be. */
export async function installServer(
  name: ServerName,
  report: Report,
  env: Environment = process.env
): Promise<void> {
  const cacheDir = cacheDirFrom(env)
  await provideFor([servers[name]], { cacheDir, env, report })
  await install(servers[name], cacheDir, lineOf(servers[name], report))
}

/** Process id of the command that runs a stack on this data folder, or null. */
export function stackHolder(dataDir: string): number | null {
  const identity = holderOf(lockOf(dataDir))
  return identity === null ? null : Number.parseInt(identity, 10)
}

function notReplaced(names: readonly ServerName[], env: Environment, report: Report): Server[] {
  return [...new Set(names)]
    .map((name) => servers[name])
    .filter((server) => {
      if (!env[server.replacedBy]) return true
      lineOf(server, report)(`not started: ${server.replacedBy} is set`)
      return false
    })
}

/** A start that fails may have been a moment's: once more, and only then it counts. */
async function launchTwice(server: Server, options: LaunchOptions): Promise<Running> {
  try {
    return await launch(server, options)
  } catch (error) {
    if (!(error instanceof CourantError) || error.code !== 'SERVER_NOT_READY') throw error
    options.report(`${error.message}; once more`)
    return launch(server, options)
  }
}

/** Has installed what the system must give to run these servers, and to install those that are not yet. */
async function provideFor(
  wanted: readonly Server[],
  { cacheDir, env, report }: { cacheDir: string; env: Environment; report: Report }
): Promise<void> {
  const needed = (): Prerequisite[] => {
    const run = wanted.flatMap((server) => server.needs.run)
    // Whether the cache has a server can be told only once what it runs with is there.
    const canTell = lacking(run).length === 0
    const absent = wanted.filter((server) => !canTell || !isInstalled(server, cacheDir))
    return [...run, ...absent.flatMap((server) => server.needs.install)]
  }
  await provide(() => lacking(needed()), { env, report })
}

function claim(dataDir: string): () => void {
  makeDataFolder(dataDir)
  const release = tryLock(lockOf(dataDir))
  if (release) return release
  throw new CourantError(
    'SERVER_NOT_READY',
    `A stack runs on ${dataDir} already (process ${stackHolder(dataDir)}); stop it with \`courant down\`, or set COURANT_DATA_DIR to another folder.`
  )
}

function lockOf(dataDir: string): string {
  return join(dataDir, 'stack.pid')
}

function lineOf(server: Server, report: Report): Report {
  return (line) => report(`${server.name.padEnd(9)}  ${line}`)
}
