import type { Command } from 'commander'
import { print, printRows } from './verb/output.ts'
import { pipelines, runs, whatIsOff } from './pipelines.ts'
import { systemOf } from './systems.ts'

/** `courant list`: every pipeline, what it reads and what it writes; connects to nothing. */
export function listCommand(program: Command): void {
  program
    .command('list')
    .option('--json', 'for machines')
    .action(({ json }: { json?: boolean }) => {
      const lines = pipelines.map((pipeline) => {
        const { kind, name, reads, from, to } = pipeline
        const system = systemOf(pipeline)
        return {
          kind,
          name,
          system: runs(pipeline, process.env) ? system : `${system} (off)`,
          // A line must fit a terminal; --json names them all.
          from: reads.length > 1 && !json ? `${reads.length} topics` : from.describe,
          to: to.describe
        }
      })
      printRows(lines, { json: json === true, none: 'There are no pipelines.' })
      if (!json) for (const line of whatIsOff(process.env)) print(`\n${line}.`)
    })
}
