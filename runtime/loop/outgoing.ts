import { lookup } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { useAgent } from 'request-filtering-agent'
import { CourantError } from '../errors.ts'
import { oneOf, type Setting } from '../settings.ts'

// Addresses that a stranger gave us may lead anywhere: into our own network, too (OWASP, Server-Side Request Forgery
// Prevention). They are looked at when they are taken, and again, as resolved, by the connection that is made.

export const privateTargets: Setting = {
  env: 'COURANT_OUTGOING_PRIVATE',
  describe: 'Whether addresses that callers give may lead into private networks; for development only',
  default: 'false',
  check: oneOf('true', 'false'),
  risks: (settings) =>
    settings.text(privateTargets) === 'true'
      ? [{ name: 'outgoing-private', says: `calls go into private networks: unset ${privateTargets.env}` }]
      : []
}

const longestUrl = 2_048
const deadlineMs = 10_000
const longestAnswerBytes = 64 * 1024
const longestWaitMs = 24 * 3_600_000

/** What may be wrong with an address that a caller gives. */
export type TargetProblem = 'not_http' | 'has_credentials' | 'too_long' | 'not_public'

/** What is wrong with an address, before anything is sent there; null where nothing is. A name that has no address yet is taken. */
export async function targetProblem(
  text: string,
  { mayBePrivate }: { readonly mayBePrivate: boolean }
): Promise<TargetProblem | null> {
  if (text.length > longestUrl) return 'too_long'
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return 'not_http'
  if (url.username !== '' || url.password !== '') return 'has_credentials'
  if (mayBePrivate) return null
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [{ address: host }]
  return addresses.every(({ address }) => ipaddr.process(address).range() === 'unicast') ? null : 'not_public'
}

/** What a call was answered. */
export interface CallAnswer {
  readonly status: number
  /** How long it asks us to wait, at most a day; null when it does not. */
  readonly retryAfterMs: number | null
}

export interface Call {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly mayBePrivate: boolean
}

/**
 * Posts to an address that a caller gave: within ten seconds, without following redirects, to public addresses only.
 * Rejects with TARGET_UNAVAILABLE when there is no answer, without the address in it.
 */
export function postOut(url: string, { body, headers, mayBePrivate }: Call): Promise<CallAnswer> {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(unanswered(error))
    const sent = request(
      url,
      {
        method: 'POST',
        agent: useAgent(url, { allowPrivateIPAddress: mayBePrivate, allowMetaIPAddress: mayBePrivate }),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(deadlineMs)
      },
      (answer) => {
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > longestAnswerBytes) answer.destroy()
        })
        answer.on('error', fail)
        const status = answer.statusCode ?? 0
        answer.on('close', () =>
          resolve({ status, retryAfterMs: retryAfterMs(answer.headers['retry-after']) })
        )
      }
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

/** A number of seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestWaitMs)
}

/** Of the foreign error only its kind goes on: its message may name the address. */
function unanswered(error: unknown): CourantError {
  const { code, name, message } = error as NodeJS.ErrnoException
  const reason = /is not allowed/.test(message) ? 'private address' : (code ?? name)
  return new CourantError('TARGET_UNAVAILABLE', `The address does not answer (${reason})`)
}
