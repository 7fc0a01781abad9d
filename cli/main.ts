#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=16 --heap-growing-percent=100
// V8 and malloc would rather take memory than tidy up: these keep a process that runs dozens of pipelines under 500 MB
// (docs/decisions/2026-11-22-memory.md).
import { Command, CommanderError } from 'commander'
import { CourantError } from '../runtime/errors.ts'
import { isAbort } from '../runtime/retry.ts'

type Register = (program: Command) => void

/** Every verb, loaded only when it is the one asked for: `courant list` need not wait for DuckDB to load. */
const verbs: Readonly<Record<string, () => Promise<Register>>> = {
  up: async () => (await import('./up.ts')).upCommand,
  down: async () => (await import('./up.ts')).downCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  run: async () => (await import('./run.ts')).runCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  list: async () => (await import('./list.ts')).listCommand,
  etl: async () => (await import('./etl.ts')).etlCommand,
  gold: async () => (await import('./gold.ts')).goldCommand,
  topics: async () => (await import('./topics.ts')).topicsCommand,
  publish: async () => (await import('./publish.ts')).publishCommand,
  edge: async () => (await import('./edge.ts')).edgeCommand,
  lag: async () => (await import('./lag.ts')).lagCommand,
  applications: async () => (await import('./applications.ts')).applicationsCommand,
  dlq: async () => (await import('./dlq.ts')).dlqCommand
}

/** Verbs that need no server, or start their own. */
const withoutServers: readonly string[] = ['up', 'down', 'demo', 'list']

const exitCodes = { ok: 0, failure: 1, usage: 2 } as const

// Whoever reads us may have seen enough: `courant topics list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await main(process.argv.slice(2))

/** Runs the verb and returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const program = new Command('courant')
    .description('Event streaming from systems of record, through Kafka, to where people use it')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 called wrongly (arguments or settings).')
    .exitOverride()
  const asked = verbs[args[0] ?? '']
  try {
    for (const load of asked ? [asked] : Object.values(verbs)) (await load())(program)
  } catch (error) {
    // The lists of tables and pipelines are read as they are loaded.
    return report(error)
  }
  if (asked && !withoutServers.includes(args[0] ?? '')) program.hook('preAction', findServers)
  for (const command of withSubcommands(program)) command.exitOverride()
  try {
    await program.parseAsync([...args], { from: 'user' })
    // A verb that looked and found something wrong says so by setting it.
    return Number(process.exitCode ?? exitCodes.ok)
  } catch (error) {
    return report(error)
  }
}

async function findServers(): Promise<void> {
  const { useLocalStack } = await import('./local-stack.ts')
  useLocalStack(process.env, (line) => process.stderr.write(`courant: ${line}\n`))
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

/** Says what went wrong, in a sentence when it is an error we know, and gives the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (isAbort(error)) {
    process.stderr.write('courant: stopped before it was done\n')
    return exitCodes.failure
  }
  if (!(error instanceof CourantError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return exitCodes.failure
  }
  process.stderr.write(`courant: ${error.message} (${error.code})\n`)
  return error.code === 'CONFIG_INVALID' ? exitCodes.usage : exitCodes.failure
}
