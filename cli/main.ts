#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=16 --heap-growing-percent=100
// V8 and malloc would rather take memory than tidy up: these keep a process that runs dozens of pipelines under 500 MB
// (docs/decisions/2026-11-22-memory.md).
import { Command, CommanderError } from 'commander'
import { keepCompiled } from '../runtime/process/compile-cache.ts'
import { CourantError } from '../runtime/errors.ts'
import { isAbort } from '../runtime/retry.ts'
import { systems } from '../systems/index.ts'
import { useDotEnv } from './dot-env.ts'
import { complain } from './verb/output.ts'
import { addVerbs, verbs } from './verbs.ts'

const exitCodes = { ok: 0, failure: 1, usage: 2 } as const

// Names, e-mails and texts of people lie in what we write: files are for this account alone, unless a setting says more.
process.umask(0o077)

keepCompiled()

// Whoever reads us may have seen enough: `courant topics list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await main(process.argv.slice(2))

/** Runs the verb and returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const program = new Command('courant')
    .description('Event streaming from systems of record, through Kafka, to where people use it')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 called wrongly (arguments or settings).')
    .exitOverride()
  const asked = args.find((arg) => !arg.startsWith('-'))
  try {
    useDotEnv(process.cwd(), process.env)
    await addVerbs(program, args[0] === 'help' ? args[1] : asked)
  } catch (error) {
    // The lists of tables and pipelines are read as they are loaded.
    return report(error)
  }
  const { isAlone = false } = verbs[asked ?? ''] ?? {}
  if (isAlone !== true) program.hook('preAction', (_program, command) => findServers(isAlone || [], command))
  for (const command of withSubcommands(program)) command.exitOverride()
  try {
    await program.parseAsync([...args], { from: 'user' })
    // A verb that looked and found something wrong says so by setting it.
    return Number(process.exitCode ?? exitCodes.ok)
  } catch (error) {
    return report(error)
  }
}

async function findServers(alone: readonly string[], command: Command): Promise<void> {
  if (alone.includes(command.name())) return
  const { useLocalStack } = await import('./local-stack.ts')
  const isRunning = useLocalStack(process.env, (line) => complain(`courant: ${line}`))
  if (isRunning) for (const system of systems) await system.useLocalStack?.(process.env)
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

/** Says what went wrong, in a sentence when it is an error we know, and gives the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (isAbort(error)) {
    complain('courant: stopped before it was done')
    return exitCodes.failure
  }
  if (!(error instanceof CourantError)) {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return exitCodes.failure
  }
  complain(`courant: ${error.message} (${error.code})`)
  return error.code === 'CONFIG_INVALID' ? exitCodes.usage : exitCodes.failure
}
