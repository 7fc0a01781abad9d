import type { Command } from 'commander'
import { buildOdbc } from '../local/odbc-module.ts'
import {
  hasOdbcModule,
  type Lack,
  lacking,
  lackingParts,
  type OptionalPart,
  type Prerequisite,
  sentenceOf
} from '../local/prerequisites.ts'
import { provide } from '../local/provide.ts'
import type { ServerName } from '../local/server.ts'
import { CourantError } from '../runtime/errors.ts'
import { type Silence, silentServers } from './endpoints.ts'
import { print } from './verb/output.ts'

const needed: readonly Prerequisite[] = ['setpriv', 'java', 'maven', 'go', 'npm']

/** What production may have, too. */
const optionalParts: readonly OptionalPart[] = ['odbc', 'tesseract']

interface Options {
  readonly install?: boolean
  readonly tests?: boolean
  readonly json?: boolean
}

/** What the doctor found: `missing` and `silent` stand in the way of something, `optional` of one part only. */
interface Findings {
  readonly missing: readonly Lack[]
  readonly silent: readonly Silence[]
  readonly optional: readonly Lack[]
  /** What cannot even be looked at. */
  readonly problems: readonly string[]
}

/** `courant doctor`: what this machine lacks for the local servers and optional parts, and which servers do not answer. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .option('--install', 'install what is missing, optional parts too, after a yes (COURANT_YES=1 is one)')
    .option('--tests', 'with --install: also what only tests need (Python, Mono, Chromium)')
    .option('--json', 'for machines')
    .action(async ({ install = false, tests = false, json = false }: Options) => {
      if (install)
        await installMissing(tests ? [...optionalParts, 'python', 'tsql', 'browser'] : optionalParts)
      else tell(await examine(), json)
    })
}

async function examine(): Promise<Findings> {
  const { servers, problems } = await serversInUse()
  return {
    missing: lacking(needed),
    silent: await silentServers(servers),
    optional: [...lackingParts(optionalParts), ...(hasOdbcModule() ? [] : [unbuilt])],
    problems
  }
}

const unbuilt: Lack = { what: 'The optional module odbc, to read OpenEdge,', packages: [] }

/** The servers that the systems which are on need; the list of tables is read as they are loaded. */
async function serversInUse(): Promise<{ servers: ServerName[]; problems: string[] }> {
  try {
    const { isOn, loadedSystems } = await import('../systems/loaded.ts')
    const on = loadedSystems.filter((system) => isOn(system, process.env))
    return { servers: on.flatMap(({ servers = [] }) => servers), problems: [] }
  } catch (error) {
    if (error instanceof CourantError) return { servers: [], problems: [error.message] }
    throw error
  }
}

function tell(findings: Findings, json: boolean): void {
  const { missing, silent, optional, problems } = findings
  const isWell = missing.length + silent.length + problems.length === 0
  process.exitCode = isWell ? 0 : 1
  if (json) {
    print(JSON.stringify({ well: isWell, ...findings }, null, 2))
    return
  }
  for (const problem of problems) print(problem)
  if (missing.length > 0) print(sentenceOf(missing))
  for (const { server, variable, address, problem, advice } of silent)
    print(`${variable}: nothing answers on ${address} (${server}, ${problem}); ${advice}`)
  for (const lack of optional)
    print(
      `Optional: ${lack.packages.length > 0 ? sentenceOf([lack]) : `${lack.what} is not built; \`courant doctor --install\` builds it`}`
    )
  if (isWell) print('Everything is in place.')
}

async function installMissing(parts: readonly OptionalPart[]): Promise<void> {
  await provide(() => [...lacking(needed), ...lackingParts(parts)], { env: process.env, report: print })
  if (!hasOdbcModule()) await buildOdbc(print)
  print('Everything that the machine must give is installed.')
}
