import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { edgeTokens, isKnownScope } from '../edge/callers.ts'
import { nameProblem, readTokens } from '../edge/token-list.ts'
import { digestOf } from '../edge/tokens.ts'
import { CourantError } from '../runtime/errors.ts'
import { topicList } from '../topics/catalogue.ts'
import { print } from './verb/output.ts'

interface TokenOptions {
  readonly publish: readonly string[]
  readonly until?: string
}

/** `courant edge token <name> --publish …`: makes a token; only its digest is kept, by whoever sets the line. */
export function edgeTokenCommand(edge: Command): void {
  edge
    .command('token')
    .description('make a token for whoever is to publish over HTTP, and the line of settings that lets it in')
    .argument('<name>', 'whose it is: what is published with it is logged under this name')
    .requiredOption('--publish <scopes...>', 'topics, systems, or * for the events of every system')
    .option('--until <day>', 'the last day on which it is let in, as 2027-12-31')
    .action((name: string, options: TokenOptions) => {
      const token = `courant_${randomBytes(32).toString('base64url')}`
      const line = lineOf(name, token, options)
      print(`${token}\n`)
      print(`It is shown this once: give it to ${name}, who sends it as \`Authorization: Bearer …\`.`)
      print(`Add this line to ${edgeTokens.env}, or to the file that ${edgeTokens.env}_FILE names:\n`)
      print(line)
    })
}

function lineOf(name: string, token: string, { publish, until }: TokenOptions): string {
  const wrongName = nameProblem(name)
  if (wrongName) throw new CourantError('CONFIG_INVALID', `<name>: ${wrongName}`)
  const unknown = publish.find((scope) => !isKnownScope(scope, topicList))
  if (unknown !== undefined)
    throw new CourantError(
      'CONFIG_INVALID',
      `--publish: no topic with a schema and no system is named ${unknown}; \`courant topics list\` shows them`
    )
  const line = [
    name,
    `sha256:${digestOf(token).toString('hex')}`,
    ...publish.map((scope) => `publish:${scope}`),
    ...(until === undefined ? [] : [`until:${until}`])
  ].join(' ')
  const { problem } = readTokens(line)
  if (problem !== undefined) throw new CourantError('CONFIG_INVALID', `--until: ${problem}`)
  return line
}
