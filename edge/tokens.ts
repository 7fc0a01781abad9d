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

/** Says whether a token is one of those that may publish. */
export type TokenCheck = (token: string) => boolean

/**
 * The check that the settings ask for. In production there must be tokens, each of 32 characters or more; elsewhere
 * none means that everybody may publish, which is said loudly.
 */
export function tokenCheck(
  settings: Settings,
  { log, isProduction }: { log: Log; isProduction: boolean }
): TokenCheck {
  const tokens = settings
    .text(edgeTokens)
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean)
  if (isProduction && (tokens.length === 0 || tokens.some((token) => token.length < minCharacters)))
    throw new CourantError(
      'CONFIG_INVALID',
      `${edgeTokens.env} needs tokens of ${minCharacters} characters or more in production: make one with \`openssl rand -hex 32\``
    )
  if (tokens.length === 0) {
    log.warn({ setting: edgeTokens.env }, 'NO TOKENS ARE SET: everybody who reaches the edge may publish')
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
