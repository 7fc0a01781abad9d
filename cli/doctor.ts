import { connect } from 'node:net'
import type { Command } from 'commander'
import { missing } from '../local/prerequisites.ts'
import { servers } from '../local/servers.ts'
import { settingsFrom } from '../runtime/settings.ts'

/** `courant doctor`: what this machine lacks to run the local servers, and which configured servers answer. */
export function doctorCommand(program: Command): void {
  program.command('doctor').action(async () => {
    const lacks = missing(['setpriv', 'java', 'maven', 'go', 'npm'])
    const silent = await Promise.all(endpoints().map(probe))
    const lines = [...lacks, ...silent].filter((line) => line !== null)
    process.stdout.write(lines.length === 0 ? 'Everything is in place.\n' : `${lines.join('\n')}\n`)
    process.exitCode = lines.length === 0 ? 0 : 1
  })
}

interface Endpoint {
  readonly variable: string
  readonly host: string
  readonly port: number
}

/** The servers that the environment names; local ones that Courant would start itself need no answer yet. */
function endpoints(): readonly Endpoint[] {
  return Object.values(servers).flatMap(({ replacedBy }) =>
    addressesIn(replacedBy).flatMap((address) => endpointOf(replacedBy, address.trim()))
  )
}

const valueOf = (env: string) => settingsFrom(process.env).optional({ env, describe: '' }) ?? ''

function addressesIn(variable: string): readonly string[] {
  const text = valueOf(variable)
  if (text === '') return []
  if (variable === 'PGHOST') return [`${text}:${valueOf('PGPORT') || 5432}`]
  // Of the connection string only what a local or private account says; it holds a key.
  if (variable === 'AZURE_STORAGE_CONNECTION_STRING') return /BlobEndpoint=([^;]+)/.exec(text)?.slice(1) ?? []
  return text.split(',')
}

function endpointOf(variable: string, address: string): Endpoint[] {
  const match = /^(?:https?:\/\/(?:[^/@]*@)?)?([^:/]+)(?::(\d+))?(?:\/|$)/.exec(address)
  const port = Number(match?.[2] ?? usualPort(variable, address))
  return match && port > 0 ? [{ variable, host: match[1] ?? '', port }] : []
}

/** The port that a client takes where its address has none; 0 where it must have one. */
function usualPort(variable: string, address: string): number {
  if (variable === 'COURANT_CASSANDRA_CONTACT_POINTS') return 9042
  if (address.startsWith('https:') || (variable === 'MINIO_ENDPOINT' && valueOf('MINIO_USE_SSL') === 'true'))
    return 443
  return address.startsWith('http:') || variable === 'MINIO_ENDPOINT' ? 80 : 0
}

const answerWithinMs = 3000

/** Null when something listens there, else a sentence. */
function probe({ variable, host, port }: Endpoint): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerWithinMs })
    const settle = (problem: string | null) => {
      socket.destroy()
      resolve(
        problem &&
          `${variable}: nothing answers on ${host}:${port} (${problem}); start it or correct the variable`
      )
    }
    socket.once('connect', () => settle(null))
    socket.once('timeout', () => settle(`no answer within ${answerWithinMs / 1000} s`))
    socket.once('error', (error) => settle((error as NodeJS.ErrnoException).code ?? error.message))
  })
}
