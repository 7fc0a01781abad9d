import { connect } from 'node:net'
import { servers } from '../local/servers.ts'
import type { ServerName } from '../local/server.ts'
import { host, port } from '../producers/postgres/settings.ts'
import { connectionSettings } from '../producers/cassandra/settings.ts'
import { lakeUrl, objectStoreSettings } from '../runtime/object-store/object-store-for.ts'
import { type Setting, settingsFrom } from '../runtime/settings.ts'
import { brokers } from '../topics/kafka/client.ts'
import { registrySettings } from '../topics/registry/registry.ts'

/** Where a server is looked for. */
interface Endpoint {
  readonly server: ServerName
  readonly variable: string
  readonly host: string
  readonly port: number
  readonly isSet: boolean
}

/** A server that does not answer where it is looked for. */
export interface Silence {
  readonly server: ServerName
  readonly variable: string
  readonly address: string
  readonly problem: string
  readonly advice: string
}

const answerWithinMs = 3000

/** The servers that do not answer: those that the environment names, and of the others those that what runs needs. */
export async function silentServers(needed: readonly ServerName[]): Promise<Silence[]> {
  const found = await Promise.all(endpoints(needed).map(probe))
  return found.filter((silence) => silence !== null)
}

function endpoints(needed: readonly ServerName[]): readonly Endpoint[] {
  return Object.values(servers).flatMap(({ name, replacedBy }) => {
    const isSet = valueOf(replacedBy) !== '' || (name === 'postgres' && valueOf('PGPORT') !== '')
    if (!isSet && !isNeeded(name, needed)) return []
    return addressesIn(replacedBy).flatMap((address) => {
      const at = endpointOf(replacedBy, address.trim())
      return at ? [{ server: name, variable: replacedBy, ...at, isSet }] : []
    })
  })
}

function isNeeded(name: ServerName, needed: readonly ServerName[]): boolean {
  if (name === 'minio' && settingsFrom(process.env).text(lakeUrl).startsWith('s3://')) return true
  return name === 'kafka' || name === 'registry' || needed.includes(name)
}

const known: ReadonlyMap<string, Setting> = new Map(
  [brokers, ...registrySettings, host, port, connectionSettings.contactPoints, ...objectStoreSettings].map(
    (setting) => [setting.env, setting]
  )
)

const valueOf = (env: string) => settingsFrom(process.env).optional({ env, describe: '' }) ?? ''
const addressOf = (env: string) => valueOf(env) || (known.get(env)?.default ?? '')

function addressesIn(variable: string): readonly string[] {
  const text = addressOf(variable)
  if (text === '') return []
  if (variable === 'PGHOST') return [`${text}:${addressOf('PGPORT')}`]
  // Of the connection string only what a local or private account says; it holds a key.
  if (variable === 'AZURE_STORAGE_CONNECTION_STRING') return /BlobEndpoint=([^;]+)/.exec(text)?.slice(1) ?? []
  return text.split(',')
}

function endpointOf(variable: string, address: string): { host: string; port: number } | null {
  const match = /^(?:https?:\/\/(?:[^/@]*@)?)?([^:/]+)(?::(\d+))?(?:\/|$)/.exec(address)
  const number = Number(match?.[2] ?? usualPort(variable, address))
  return match && number > 0 ? { host: match[1] ?? '', port: number } : null
}

/** The port that a client takes where its address has none; 0 where it must have one. */
function usualPort(variable: string, address: string): number {
  if (variable === 'COURANT_CASSANDRA_CONTACT_POINTS') return 9042
  if (address.startsWith('https:') || (variable === 'MINIO_ENDPOINT' && valueOf('MINIO_USE_SSL') === 'true'))
    return 443
  return address.startsWith('http:') || variable === 'MINIO_ENDPOINT' ? 80 : 0
}

/** Null when something listens there. */
function probe({ server, variable, host: name, port: number, isSet }: Endpoint): Promise<Silence | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: name, port: number, timeout: answerWithinMs })
    const settle = (problem: string | null) => {
      socket.destroy()
      const advice = isSet
        ? 'start it or correct the variable'
        : `that is where it is looked for while ${variable} is not set: set it, or run \`courant up\``
      resolve(problem ? { server, variable, address: `${name}:${number}`, problem, advice } : null)
    }
    socket.once('connect', () => settle(null))
    socket.once('timeout', () => settle(`no answer within ${answerWithinMs / 1000} s`))
    socket.once('error', (error) => settle((error as NodeJS.ErrnoException).code ?? error.message))
  })
}
