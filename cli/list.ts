import type { Command } from 'commander'
import { printRows } from './output.ts'
import { pipelines } from './pipelines.ts'

/** `courant list`: every pipeline, what it reads and what it writes; connects to nothing. */
export function listCommand(program: Command): void {
  program
    .command('list')
    .description('list every pipeline with what it reads and writes; connects to nothing')
    .option('--json', 'for machines')
    .action(({ json }: { json?: boolean }) => {
      const rows = pipelines.map(({ kind, name, reads, from, to }) => ({
        kind,
        name,
        // A line must fit a terminal; --json names them all.
        from: reads.length > 1 && !json ? `${reads.length} topics` : from.describe,
        to: to.describe
      }))
      printRows(rows, { json: json === true, none: 'There are no pipelines.' })
    })
}
