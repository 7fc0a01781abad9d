import { createHash, timingSafeEqual } from 'node:crypto'
import { CourantError } from '../runtime/errors.ts'
import type { Log } from '../runtime/pipeline.ts'
import type { Setting, Settings } from '../runtime/settings.ts'

export const edgeTokens: Setting = {
  env: 'COURANT_EDGE_TOKENS',
  describe: 'Bearer tokens that may publish, separated by commas: several, so that one can be replaced',
  secret: true,
  default: ''
}

const minCharacters = 32

/** Says whether a token is one of those that are let in. */
export type TokenCheck = (token: string) => boolean

/**
 * The check against the tokens of a setting, separated by commas. In production there must be some, each of 32
 * characters or more; elsewhere none means that everybody is let in, which is said loudly.
 */
export function tokenCheck(
  setting: Setting,
  { settings, log, isProduction }: { settings: Settings; log: Log; isProduction: boolean }
): TokenCheck {
  const tokens = settings
    .text(setting)
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean)
  if (isProduction && (tokens.length === 0 || tokens.some((token) => token.length < minCharacters)))
    throw new CourantError(
      'CONFIG_INVALID',
      `${setting.env} needs tokens of ${minCharacters} characters or more in production: make one with \`openssl rand -hex 32\``
    )
  if (tokens.length === 0) {
    log.warn({ setting: setting.env }, 'NO TOKENS ARE SET: everybody who reaches the edge is let in')
    return () => true
  }
  const digests = tokens.map(digestOf)
  return (token) => {
    const digest = digestOf(token)
    // All are compared, so that the time says nothing of which one it was.
    return digests.map((known) => timingSafeEqual(known, digest)).includes(true)
  }
}

const digestOf = (token: string) => createHash('sha256').update(token).digest()
