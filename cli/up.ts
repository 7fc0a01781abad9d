import type { Command } from 'commander'
import type { ServerName } from '../local/server.ts'
import { servers } from '../local/servers.ts'
import { down, up } from '../local/up.ts'
import { CourantError } from '../runtime/errors.ts'

/** `courant up [servers…]`: starts the local servers until Ctrl-C. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('start the local servers (all but azurite unless named) until Ctrl-C')
    .argument('[servers...]', Object.keys(servers).join(', '))
    .action((names: string[]) => up({ servers: serversNamed(names), report }))
}

/** `courant down`: stops the servers that `courant up` or the demo started here. */
export function downCommand(program: Command): void {
  program
    .command('down')
    .description('stop the local servers that were started from this folder')
    .action(async () => {
      report((await down(report)) ? 'stopped' : 'no local servers run from this folder')
    })
}

const usual: readonly ServerName[] = ['kafka', 'registry', 'cassandra', 'postgres', 'minio']

function serversNamed(names: readonly string[]): readonly ServerName[] {
  const unknown = names.filter((name) => !(name in servers))
  if (unknown.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `No server is named ${unknown.join(', ')}; there are ${Object.keys(servers).join(', ')}`
    )
  return names.length === 0 ? usual : (names as ServerName[])
}

const report = (line: string): void => void process.stdout.write(`${line}\n`)
