import type { FastifyRequest } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'
import { CourantError } from '../runtime/errors.ts'
import type { Log } from '../runtime/pipeline.ts'
import type { Setting, Settings } from '../runtime/settings.ts'

const minCharacters = 32

/** Says whether a token is one of those that are let in. */
export type TokenCheck = (token: string) => boolean

/**
 * The check against the tokens of a setting, separated by commas. In production there must be some, each of 32
 * characters or more; elsewhere none means that everybody is let in, which is said loudly, and on loopback only.
 */
export function tokenCheck(
  setting: Setting,
  options: { settings: Settings; log: Log; isProduction: boolean; isLoopback: boolean }
): TokenCheck {
  const { settings, log, isProduction, isLoopback } = options
  const tokens = plainTokens(settings.text(setting))
  if (isProduction && (tokens.length === 0 || tokens.some(isWeak)))
    throw new CourantError('CONFIG_INVALID', `${setting.env} ${strongTokens}`)
  if (tokens.length > 0) return oneOfThese(tokens.map(digestOf))
  if (!isLoopback)
    throw new CourantError(
      'CONFIG_INVALID',
      `${setting.env} is not set, and the edge listens to other machines: set it, or listen on 127.0.0.1`
    )
  log.warn({ setting: setting.env }, 'NO TOKENS ARE SET: everybody who reaches the edge is let in')
  return () => true
}

/** Tokens that are written as they are, separated by commas. */
export const plainTokens = (text: string): string[] =>
  text
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean)

/** Whether a token can be guessed. */
export const isWeak = (token: string): boolean => token.length < minCharacters

/** What a setting with weak tokens, or none, is told in production. */
export const strongTokens = `needs tokens of ${minCharacters} characters or more in production: make one with \`openssl rand -hex 32\``

function oneOfThese(digests: readonly Buffer[]): TokenCheck {
  return (token) => matchOf(digests, token) !== -1
}

/** Which of the digests is that of the token; -1 for none. All are compared, so that the time says nothing of which. */
export function matchOf(digests: readonly Buffer[], token: string): number {
  const digest = digestOf(token)
  return digests.map((known) => timingSafeEqual(known, digest)).indexOf(true)
}

/** What is kept of a token. A token has 128 random bits or more, so that a fast hash gives nothing away. */
export const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The token that a request brings (RFC 6750, section 2.1); empty where it brings none. */
export const bearerOf = ({ headers }: FastifyRequest): string =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
