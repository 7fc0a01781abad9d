import type { Command } from 'commander'
import { columns } from './columns.ts'
import { pipelines } from './pipelines.ts'

/** `courant list`: every pipeline, what it reads and what it writes; connects to nothing. */
export function listCommand(program: Command): void {
  program
    .command('list')
    .description('list every pipeline with what it reads and writes; connects to nothing')
    .option('--json', 'for machines')
    .action(({ json }: { json?: boolean }) => {
      const rows = pipelines.map(({ kind, name, from, to }) => ({
        kind,
        name,
        from: from.describe,
        to: to.describe
      }))
      process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : `${columns(rows)}\n`)
    })
}
