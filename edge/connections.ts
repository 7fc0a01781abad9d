import type { Server, Socket } from 'node:net'
import { BlockList, isIP } from 'node:net'
import { type Setting, wholeNumber } from '../runtime/settings.ts'

/** Of all addresses together. */
export const maxConnections = 1_000

export const connectionsPerAddress: Setting = {
  env: 'COURANT_EDGE_CONNECTIONS',
  describe: 'Connections that one address may hold at once; a proxy of COURANT_EDGE_PROXIES may hold more',
  default: '200',
  check: wholeNumber(1, maxConnections)
}

export const proxies: Setting = {
  env: 'COURANT_EDGE_PROXIES',
  describe:
    'Reverse proxies whose X-Forwarded-For is believed, as addresses or networks such as 10.0.0.0/8, separated by commas',
  default: '',
  check: (text) => (networksIn(text) ? null : 'must be addresses or networks such as 10.0.0.0/8')
}

/** Says whether an address is one of ours, which speak for others. */
export type IsProxy = (address: string) => boolean

export function proxyCheck(text: string): IsProxy {
  const networks = networksIn(text) ?? new BlockList()
  return (address) => {
    const plain = withoutMapping(address)
    const version = isIP(plain)
    return version !== 0 && networks.check(plain, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Null when it is no list of addresses and networks. */
function networksIn(text: string): BlockList | null {
  const list = new BlockList()
  for (const entry of text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [address = '', bits, ...more] = entry.split('/')
    const version = isIP(address)
    const longest = version === 6 ? 128 : 32
    const prefix = bits === undefined ? longest : Number(bits)
    if (version === 0 || more.length > 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > longest)
      return null
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

/** An IPv4 address that an IPv6 socket shows as ::ffff:192.0.2.1, as itself. */
const withoutMapping = (address: string) => address.replace(/^::ffff:(?=[\d.]+$)/i, '')

interface ConnectionLimits {
  readonly perAddress: number
  readonly isProxy: IsProxy
  readonly onRefused: () => void
}

/**
 * Closes a connection at once whose address holds as many as it may: one client that opens all that there are would keep
 * everybody else out. A proxy speaks for many, and has only the limit of the server.
 */
export function limitConnections(server: Server, { perAddress, isProxy, onRefused }: ConnectionLimits): void {
  const held = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    if (isProxy(address)) return
    const count = held.get(address) ?? 0
    if (count >= perAddress) {
      socket.destroy()
      onRefused()
      return
    }
    held.set(address, count + 1)
    socket.once('close', () => {
      const left = (held.get(address) ?? 1) - 1
      if (left > 0) held.set(address, left)
      else held.delete(address)
    })
  })
}
