import type { Command } from 'commander'
import { isOn } from '../systems/loaded.ts'
import { knownNow, whatIsOff } from './pipelines.ts'
import { complain, print, printRows } from './verb/output.ts'

/** `courant list`: every pipeline, what it reads and what it writes; asks only systems whose pipelines run time tells. */
export function listCommand(program: Command): void {
  program
    .command('list')
    .option('--json', 'for machines')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { all, problems, unknown } = await knownNow()
      const lines = all.map(({ pipeline: { kind, name, reads, from, to }, system }) => ({
        kind,
        name,
        system: isOn(system, process.env) ? system.name : `${system.name} (off)`,
        // A line must fit a terminal; --json names them all.
        from: reads.length > 1 && !json ? `${reads.length} topics` : from.describe,
        to: to.describe
      }))
      printRows(lines, { json, none: 'There are no pipelines.' })
      if (!json) for (const line of whatIsOff(process.env)) print(`\n${line}.`)
      for (const line of [...problems, ...unknown]) complain(line)
    })
}
