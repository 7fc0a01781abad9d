import type { Command } from 'commander'
import type { ServerName } from '../local/server.ts'
import { connectSources } from '../local/sample/connect-sources.ts'
import { fillSampleOnce } from '../local/sample/fill-sample-once.ts'
import { servers } from '../local/servers.ts'
import type { Stack } from '../local/stack.ts'
import { down, up } from '../local/up.ts'
import { CourantError } from '../runtime/errors.ts'
import { settingsFrom } from '../runtime/settings.ts'
import { print } from './verb/output.ts'

/** `courant up [servers…]`: starts the local servers until Ctrl-C. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .argument('[servers...]', Object.keys(servers).join(', '))
    .option(
      '--sample',
      'create the sample tables in PostgreSQL and Cassandra and fill them, where that was not done'
    )
    .action((names: string[], { sample = false }: { sample?: boolean }) => {
      const named = serversNamed(names)
      if (sample) refuseToFillOthers(named)
      return up({ servers: named, report, ...(sample && { fill: fillSources }) })
    })
}

/** `courant down`: stops the servers that `courant up` or the demo started here. */
export function downCommand(program: Command): void {
  program.command('down').action(async () => {
    report((await down(report)) ? 'stopped' : 'no local servers run from this folder')
  })
}

const usual: readonly ServerName[] = ['kafka', 'registry', 'cassandra', 'postgres']

function serversNamed(names: readonly string[]): readonly ServerName[] {
  const unknown = names.filter((name) => !(name in servers))
  if (unknown.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `No server is named ${unknown.join(', ')}; there are ${Object.keys(servers).join(', ')}`
    )
  return names.length === 0 ? usual : (names as ServerName[])
}

/** Sample rows go into servers that are started here, never into one that the environment names. */
function refuseToFillOthers(names: readonly ServerName[]): void {
  for (const name of ['postgres', 'cassandra'] as const) {
    const { replacedBy } = servers[name]
    if (process.env[replacedBy])
      throw new CourantError('CONFIG_INVALID', `--sample fills the local ${name} only: unset ${replacedBy}`)
    if (!names.includes(name))
      throw new CourantError('CONFIG_INVALID', `--sample fills postgres and cassandra: name ${name}, too`)
  }
}

async function fillSources({ env }: Stack): Promise<void> {
  const sources = await connectSources(settingsFrom({ ...process.env, ...env }))
  try {
    await fillSampleOnce(sources, report)
  } finally {
    await sources.close()
  }
}

const report = print
