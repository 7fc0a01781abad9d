import { isIP } from 'node:net'
import type { Setting } from '../runtime/settings.ts'

/** A setting that adds names to those under which a server of ours is reached. */
export const hostNames = (env: string, describe: string): Setting => ({
  env,
  describe,
  default: '',
  check: (text) =>
    listed(text).every(isName) ? null : 'must be host names, without ports, separated by commas'
})

const isName = (name: string) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(name)

const listed = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)

/** Whether an address is reached from this machine only. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** What a server listens on, and the names of its setting. */
export interface Reached {
  readonly host: string
  readonly names: string
}

/**
 * Says whether a Host header is one under which this server is reached. A page of somebody else, whose name was made to
 * lead here (DNS rebinding), brings that name with it; an address it cannot bring. Where other machines reach the server
 * and no names are set, any is taken: who has no token gets nowhere there.
 */
export function hostCheck({ host, names }: Reached): (header: string | undefined) => boolean {
  const configured = listed(names)
  if (configured.length === 0 && !isLoopback(host)) return () => true
  const allowed = new Set(['localhost', ...configured])
  return (header) => {
    const name = nameIn(header ?? '')
    return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || allowed.has(name)
  }
}

/** Without the port, in lower case; a name may end with the root's dot. */
const nameIn = (header: string) => header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
