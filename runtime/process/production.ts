import { isIP } from 'node:net'
import type { Environment, Risk, Setting, Settings } from '../settings.ts'

export const acceptedRisks: Setting = {
  env: 'COURANT_ACCEPTED_RISKS',
  describe:
    'What production would refuse and somebody answers for, by the names that the refusal says, separated by commas',
  default: ''
}

/** Whether NODE_ENV says that this is for real. */
const isProduction = (env: Environment): boolean => env['NODE_ENV'] === 'production'

/** What is too weak for production in these settings and not accepted, each with how to accept it. */
export function unacceptedRisks(
  settings: readonly Setting[],
  { env, read }: { env: Environment; read: Settings }
): string[] {
  if (!isProduction(env)) return []
  const accepted = new Set((env[acceptedRisks.env] ?? '').split(',').map((name) => name.trim()))
  const risks = new Map(
    settings.flatMap((setting) => setting.risks?.(read, env) ?? []).map(({ name, says }) => [name, says])
  )
  return [...risks]
    .filter(([name]) => !accepted.has(name))
    .map(([name, says]) => `${says}; or accept it: ${acceptedRisks.env}=${name}`)
}

/** Whether a host is this machine, or a socket on it: nobody else hears what is said there. */
export const isThisMachine = (host: string): boolean =>
  host === '' ||
  host === 'localhost' ||
  host.startsWith('/') ||
  host === '::1' ||
  host === '[::1]' ||
  (isIP(host) === 4 && host.startsWith('127.'))

/** The host of `host`, `host:port` or a URL; empty when there is none. */
export function hostOf(address: string): string {
  const rest = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/]*@/, '')
  return /^(\[[^\]]*\]|[^:/;?,]*)/.exec(rest)?.[1] ?? ''
}

/** A risk when any of the addresses is on another machine and what is said there is not encrypted. */
export function inClear(
  name: string,
  { addresses, isEncrypted, remedy }: { addresses: readonly string[]; isEncrypted: boolean; remedy: string }
): Risk[] {
  if (isEncrypted || addresses.every((address) => isThisMachine(hostOf(address)))) return []
  return [{ name, says: `what is said to another machine goes in clear: ${remedy}` }]
}

/** The risk of a URL in the environment itself that holds a password: every process of the account can read it there. */
export const passwordIn = (name: string, { env }: Setting): Risk => ({
  name,
  says: `${env} holds a password: put it into a file that ${env}_FILE names`
})
