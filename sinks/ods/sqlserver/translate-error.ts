import { CourantError } from '../../../runtime/errors.ts'
import { isTlsFailure } from '../../../runtime/postgres-tls.ts'
import { serverErrorOf } from './server-errors.ts'

interface DriverError extends Error {
  readonly number?: number
  readonly code?: string
  readonly originalError?: { readonly info?: { readonly number?: number } }
  /** Errors the server sent before this one; the first is the cause. */
  readonly precedingErrors?: readonly { readonly number?: number }[]
}

/**
 * Every error of the driver and the server as ours; of a server's error only its number goes on, its words hold values.
 * Those of a login have no number in the driver: `login` has what the server sent before it closed the connection.
 */
export function translateError(error: unknown, doing: string, login: readonly number[] = []): unknown {
  if (error instanceof CourantError || !(error instanceof Error)) return error
  const { precedingErrors = [], ...own } = error as DriverError
  const numbers = [
    ...precedingErrors.map(({ number }) => number),
    own.number,
    own.originalError?.info?.number,
    ...((error as DriverError).code === 'ELOGIN' ? login : [])
  ]
  const number = numbers.find((one) => one !== undefined && one > 0)
  return number === undefined ? driverError(error, doing) : serverError(number, doing)
}

function serverError(number: number, doing: string): CourantError {
  const { kind, advice } = serverErrorOf(number)
  const details = { number, isOfServer: kind === 'server' }
  if (kind === 'transient')
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `SQL Server cannot ${doing} for now (${number}): ${advice}`,
      { details }
    )
  if (kind === 'full')
    return new CourantError(
      'TARGET_FULL',
      `SQL Server has no room left to ${doing} (${number}): make room and start again`,
      { details }
    )
  return new CourantError('TARGET_REFUSED', `SQL Server refuses to ${doing} (${number}): ${advice}`, {
    details
  })
}

const unavailable: ReadonlySet<string> = new Set([
  'ETIMEOUT',
  'ESOCKET',
  'ECONNCLOSED',
  'ENOTOPEN',
  'ECONNRESET',
  'ECANCEL',
  'EABORT',
  'ENOTBEGUN'
])

const adviceFor: Readonly<Record<string, string>> = {
  ETIMEOUT: ': see what blocks it, or raise COURANT_ODS_STATEMENT_TIMEOUT_MS',
  ESOCKET: ': see that it runs, takes TCP/IP, and that host and port in COURANT_ODS_URL are its'
}

const ofServer = { isOfServer: true }

function driverError(error: DriverError, doing: string): unknown {
  const causes = causesOf(error)
  if (causes.some(isTlsFailure) || causes.some(isOfTls))
    return new CourantError('TARGET_REFUSED', certificateAdvice(causes), { cause: error, details: ofServer })
  if (error.code === 'ELOGIN')
    return new CourantError(
      'TARGET_REFUSED',
      'SQL Server refuses the login: correct user and password in COURANT_ODS_URL',
      { cause: error, details: ofServer }
    )
  if (error.code === 'EINSTLOOKUP')
    return new CourantError(
      'TARGET_UNAVAILABLE',
      'The instance in COURANT_ODS_URL is not found: SQL Server Browser (UDP 1434) does not know it; start it, or name the port in place of the instance',
      { cause: error }
    )
  if (error.code === undefined || !unavailable.has(error.code)) return error
  const advice = adviceFor[error.code] ?? ''
  const reason = causes.map(({ code }) => code).findLast((code) => code !== undefined) ?? error.code
  return new CourantError(
    'TARGET_UNAVAILABLE',
    `SQL Server does not answer (${reason}) when it is to ${doing}${advice}`,
    { cause: error }
  )
}

interface Cause {
  readonly code?: string
  readonly message?: string
  readonly cause?: unknown
  readonly originalError?: unknown
}

/** An error and what it was made of, the outermost first. */
function causesOf(error: unknown): Cause[] {
  if (typeof error !== 'object' || error === null) return []
  const { cause, originalError } = error as Cause
  return [error, ...causesOf(cause ?? originalError)]
}

const isOfTls = ({ code = '', message = '' }: Cause) =>
  /^ERR_(?:TLS|SSL)|^EPROTO$|^EENCRYPT$/.test(code) || /certificate|wrong version number/i.test(message)

function certificateAdvice(causes: readonly Cause[]): string {
  const said = causes.at(-1)?.message ?? ''
  const how = /self.signed|unable to verify|local issuer/i.test(said)
    ? "it is the server's own, which nobody vouches for: add ?trustServerCertificate=true to COURANT_ODS_URL to take it unchecked, or give the certificate of who signed it by ?ca=<file>"
    : /does not match|altname/i.test(said)
      ? 'it is for another name: write the host in COURANT_ODS_URL as the certificate does, or add ?trustServerCertificate=true'
      : /expired|not yet valid/i.test(said)
        ? 'it is not valid today: renew it, or correct the clock'
        : 'let both ends agree on TLS: ?encrypt=true, strict or false in COURANT_ODS_URL'
  return `The certificate of SQL Server is not accepted: ${how}`
}
