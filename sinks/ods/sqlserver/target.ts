import { CourantError } from '../../../runtime/errors.ts'
import type { ConnectionUrl } from '../connection-url.ts'

/** Where a SQL Server is and how one logs in there, as its URL says. */
export interface SqlServerLogin {
  readonly host: string
  readonly instance: string | null
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** `strict` is TDS 8: TLS before anything else. */
  readonly encrypt: boolean | 'strict'
  /** True when its certificate is not checked. */
  readonly isCertificateTrusted: boolean
  /** File with the certificates that vouch for the server's. */
  readonly ca: string | null
  readonly authentication: Authentication
  /** For NTLM the Windows domain, for Entra the tenant. */
  readonly domain: string | null
  readonly isMultiSubnet: boolean
}

const authentications = ['sql', 'ntlm', 'entra-default', 'entra-service-principal'] as const
/** `sql` has user and password; `ntlm` those of Windows; the others are Entra's, of this machine or of an application. */
type Authentication = (typeof authentications)[number]

const known = new Set([
  'encrypt',
  'trustServerCertificate',
  'ca',
  'authentication',
  'domain',
  'multiSubnetFailover'
])

/** CONFIG_INVALID names an option that is none, or has a value it cannot have. */
export function sqlServerLogin(url: ConnectionUrl): SqlServerLogin {
  const { options } = url
  const strange = [...options.keys()].find((name) => !known.has(name))
  if (strange !== undefined) throw wrong(strange, `is none of ${[...known].join(', ')}`)
  const encrypt = one(options, 'encrypt', ['true', 'false', 'strict'])
  const { host, instance, user, password, database } = url
  return {
    host,
    instance,
    user,
    password,
    database,
    port: url.port ?? 1433,
    encrypt: encrypt === 'strict' ? 'strict' : encrypt === 'true',
    isCertificateTrusted: one(options, 'trustServerCertificate', ['false', 'true']) === 'true',
    ca: options.get('ca'),
    authentication: one(options, 'authentication', authentications),
    domain: options.get('domain'),
    isMultiSubnet: one(options, 'multiSubnetFailover', ['false', 'true']) === 'true'
  }
}

/** The value of an option, the first of those it may have when it is not given. */
function one<T extends string>(options: URLSearchParams, name: string, values: readonly [T, ...T[]]): T {
  const given = options.get(name) ?? values[0]
  const found = values.find((value) => value === given)
  if (found === undefined) throw wrong(name, `must be ${values.join(', ')}`)
  return found
}

const wrong = (name: string, what: string) =>
  new CourantError('CONFIG_INVALID', `COURANT_ODS_URL: the option '${name}' ${what}`)
