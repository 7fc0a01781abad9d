import type { Command } from 'commander'
import { migrate, nameOf, pendingMigrations } from '../../sinks/ods/migrate.ts'
import { print } from '../../cli/verb/output.ts'
import { withEtl } from './etl-session.ts'
import { type Output, outputOption } from './output-option.ts'

interface MigrateOptions {
  readonly dryRun?: boolean
  readonly output: Output
}

/** `courant etl migrate`: brings the ODS database to the newest shape. */
export function migrateCommand(etl: Command): void {
  etl
    .command('migrate')
    .description(
      'bring the ODS database to the newest shape, making it where it is missing; `etl sync` does it too'
    )
    .option('--dry-run', 'only say what would be done')
    .addOption(outputOption())
    .action(({ dryRun = false, output }: MigrateOptions) =>
      withEtl(['ods'], async ({ ods }) => {
        const steps = dryRun ? (await pendingMigrations(ods)).map(nameOf) : await migrate(ods)
        if (output === 'json') print(JSON.stringify(steps, null, 2))
        else if (steps.length === 0) print('The ODS has its newest shape.')
        else for (const step of steps) print(`${dryRun ? 'would do' : 'done'}: ${step}`)
      })
    )
}
