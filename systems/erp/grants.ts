import { type Command, Option } from 'commander'
import { odsRoles, type OdsRole } from '../../sinks/ods/roles.ts'
import { print } from '../../cli/verb/output.ts'
import { withEtl } from './etl-session.ts'

/** `courant etl grants`: what an administrator runs, so that a user may load, configure or read the ODS. */
export function grantsCommand(etl: Command): void {
  etl
    .command('grants')
    .description('print the SQL that gives a user the rights of a role in the ODS; changes nothing')
    .addOption(
      new Option('--role <role>', 'who loads, who configures and watches, who reads')
        .choices(odsRoles)
        .default('loader')
    )
    .option('--user <name>', 'the user or login', 'courant')
    .action(({ role, user }: { role: OdsRole; user: string }) =>
      withEtl(['ods'], async ({ ods: { dialect } }) => {
        const end = dialect.name === 'sqlserver' ? '\nGO' : ''
        for (const batch of dialect.grants(role, user)) print(`${batch}${end}`)
      })
    )
}
