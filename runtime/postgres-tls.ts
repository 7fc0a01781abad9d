import type { ConnectionOptions } from 'node:tls'
import { fileNamedBy, oneOf, type Setting, type Settings, settingsFrom } from './settings.ts'

export const sslMode: Setting = {
  env: 'PGSSLMODE',
  describe:
    'TLS with PostgreSQL, which databases in clouds want: disable, require (not verified) or verify-full (against the certificates in PGSSLROOTCERT)',
  default: 'disable',
  check: oneOf('disable', 'require', 'verify-full')
}
export const sslRootCert: Setting = {
  env: 'PGSSLROOTCERT',
  describe: 'File with the certificates trusted by verify-full; the usual authorities when not set',
  default: ''
}

/** What to do when a server wants TLS and we do not speak it. */
export const tlsHint = 'set PGSSLMODE to require or verify-full where it admits encrypted connections only'

/** How the driver encrypts; the driver itself would take PGSSLMODE for something else. A URL's `sslmode` goes first. */
export function postgresTls(settings: Settings, urlMode: string | null = null): boolean | ConnectionOptions {
  const mode = (urlMode === null ? settings : settingsFrom({ [sslMode.env]: urlMode })).text(sslMode)
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  const file = settings.text(sslRootCert)
  return file === '' ? true : { ca: fileNamedBy(sslRootCert, file) }
}

const badTls = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|does not support SSL/

/** Whether a connection failed because the two ends do not agree on TLS; trying again would not help. */
export function isTlsFailure(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  return badTls.test(String(code)) || badTls.test(message)
}

export const tlsAdvice = 'TLS with PostgreSQL fails: correct PGSSLMODE and PGSSLROOTCERT'
