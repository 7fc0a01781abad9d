import { CourantError } from '../runtime/errors.ts'
import type { Log } from '../runtime/pipeline.ts'
import { oneOf, type Setting, type Settings } from '../runtime/settings.ts'
import type { Topic } from '../topics/topic.ts'
import { isCovered, type NamedToken, readTokens } from './token-list.ts'
import { isWeak, matchOf, plainTokens, strongTokens } from './tokens.ts'

export const edgeTokens: Setting = {
  env: 'COURANT_EDGE_TOKENS',
  describe:
    'Who may publish over HTTP and to what: lines that `courant edge token` makes, each with the digest of a token; nobody may when empty',
  secret: true,
  default: '',
  check: (text) => readTokens(text).problem ?? null
}
export const edgeOpen: Setting = {
  env: 'COURANT_EDGE_OPEN',
  describe: 'Lets everybody on this machine publish without a token, for trying it; on loopback only',
  default: 'false',
  check: oneOf('true', 'false')
}

/** Who calls: a name for the log, and what may be published in it. */
export interface Caller {
  readonly name: string
  mayPublish(topic: Topic<unknown>): boolean
}

/** Who a bearer token is; null of a stranger. */
export type CallerOf = (token: string) => Caller | null

interface Site {
  readonly settings: Settings
  readonly log: Log
  readonly topics: readonly Topic<unknown>[]
  readonly isProduction: boolean
  /** Whether only this machine reaches the edge. */
  readonly isLoopback: boolean
}

/** Who may publish, by the settings; null where nobody may, which is the default. */
export function callersOf(site: Site): CallerOf | null {
  const text = site.settings.text(edgeTokens)
  const tokens = readTokens(text).tokens ?? []
  if (tokens.length > 0) return withTokens(tokens, site)
  if (site.settings.text(edgeOpen) !== 'true') return null
  if (site.isProduction || !site.isLoopback)
    throw new CourantError(
      'CONFIG_INVALID',
      `${edgeOpen.env} lets everybody publish, which may be on loopback and outside production only: make a token with \`courant edge token\` instead`
    )
  site.log.warn({ setting: edgeOpen.env }, 'NO TOKENS ARE SET: everybody who reaches the edge may publish')
  return () => everybody
}

const everybody: Caller = { name: 'anybody', mayPublish: () => true }

function withTokens(tokens: readonly NamedToken[], { settings, log, topics, isProduction }: Site): CallerOf {
  if (tokens.some(({ isPlain }) => isPlain)) {
    if (isProduction && plainTokens(settings.text(edgeTokens)).some(isWeak))
      throw new CourantError('CONFIG_INVALID', `${edgeTokens.env} ${strongTokens}`)
    log.warn(
      { setting: edgeTokens.env },
      'tokens without names may publish the events of every system: make one for each caller with `courant edge token`'
    )
  }
  for (const { name, publishes } of tokens)
    for (const scope of publishes.filter((one) => !isKnownScope(one, topics)))
      log.warn({ publisher: name, scope }, 'a token may publish to a topic or system that there is not')
  const digests = tokens.map(({ digest }) => digest)
  return (token) => {
    const found = tokens[matchOf(digests, token)]
    if (!found || (found.until && found.until.getTime() <= Date.now())) return null
    return { name: found.name, mayPublish: (topic) => isCovered(found.publishes, topic) }
  }
}

/** Whether a scope names a topic with a schema, a system, or all of them. */
export const isKnownScope = (scope: string, topics: readonly Topic<unknown>[]): boolean =>
  scope === '*' || topics.some(({ name, owner }) => name === scope || owner === scope)
