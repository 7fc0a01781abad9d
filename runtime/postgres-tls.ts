import type { ConnectionOptions } from 'node:tls'
import { inClear, passwordIn } from './process/production.ts'
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

/** A setting that holds the URL of a database, or nothing; `risk` begins the names of what is too weak about it. */
export function postgresUrl({
  env,
  describe,
  risk
}: {
  env: string
  describe: string
  risk: string
}): Setting {
  const setting: Setting = {
    env,
    describe,
    secret: true,
    default: '',
    check: (text) =>
      text === '' || /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')
        ? null
        : 'must begin with postgres:// and be a URL (special characters in the password as %XX)',
    risks: (settings, environment) => {
      const url = settings.text(setting)
      const mode = URL.parse(url)?.searchParams.get('sslmode') ?? settings.text(sslMode)
      const addresses = url === '' ? [] : [url]
      const remedy = `end ${env} with ?sslmode=verify-full`
      const isOpen = URL.parse(environment[env] ?? '')?.password
      return [
        ...inClear(`${risk}-plaintext`, { addresses, isEncrypted: mode !== 'disable', remedy }),
        ...(isOpen ? [passwordIn(`${risk}-password-in-url`, setting)] : [])
      ]
    }
  }
  return setting
}

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
