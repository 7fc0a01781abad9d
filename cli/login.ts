import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { operatorUsers, readUsers, userLine } from '../edge/operator-users.ts'
import { CourantError } from '../runtime/errors.ts'
import { loadedSystems } from '../systems/loaded.ts'
import { print } from './verb/output.ts'

interface LoginOptions {
  readonly role: string
  readonly system?: readonly string[]
}

/** `courant login <name> --role …`: makes a password for the operator pages; only its hash is kept, by whoever sets the line. */
export function loginCommand(program: Command): void {
  program
    .command('login')
    .argument('<name>', 'who it is for: what is changed from a page is noted under this name')
    .requiredOption('--role <role>', 'viewer, who changes nothing, or operator')
    .option('--system <names...>', 'only what is of these systems is seen and changed; all unless given')
    .action(async (name: string, { role, system = [] }: LoginOptions) => {
      const unknown = system.find((one) => !loadedSystems.some((known) => known.name === one))
      if (unknown !== undefined)
        throw new CourantError('CONFIG_INVALID', `--system: no system is named ${unknown}`)
      if (role !== 'viewer' && role !== 'operator')
        throw new CourantError('CONFIG_INVALID', '--role must be viewer or operator')
      const password = randomBytes(18).toString('base64url')
      const line = await userLine({ name, role, systems: system.length > 0 ? system : null }, password)
      if (typeof readUsers(line) === 'string')
        throw new CourantError(
          'CONFIG_INVALID',
          '<name>: it has letters, digits, dots, dashes and underscores'
        )
      print(`${password}\n`)
      print(`It is shown this once: give it to ${name}, who logs in with it.`)
      print(`Add this line to ${operatorUsers.env}, or to the file that ${operatorUsers.env}_FILE names:\n`)
      print(line)
    })
}
