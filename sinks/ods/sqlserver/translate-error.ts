import { CourantError } from '../../../runtime/errors.ts'

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
const refusals: Readonly<Record<number, string>> = {
  208: 'a table is missing: run `courant etl sync`',
  229: 'grant the user of COURANT_ODS_URL the rights it needs (docs/ods.md)',
  262: 'grant the user of COURANT_ODS_URL the rights it needs (docs/ods.md)',
  1505: 'a key has two rows where one is allowed. If KeepHistory went from 1 to 0, rename the table with its history first, and a new one is made',
  1701: 'the table is wider than SQL Server allows: exclude columns in config.ETL_Columns',
  1702: 'the table has more than 1,024 columns: exclude columns in config.ETL_Columns',
  2601: 'a key has two rows where one is allowed: see who else writes to the ODS',
  2627: 'a key has two rows where one is allowed: see who else writes to the ODS',
  4060: 'the database of the ODS does not exist: create it, or correct COURANT_ODS_URL',
  8672: 'staging has two rows for one key, which Courant does not leave there: see who else writes to stg',
  18456: 'correct user and password in COURANT_ODS_URL'
}
/** What concerns the server or our rights there; every other refusal lies in the run that is merged. */
const ofServer: ReadonlySet<number> = new Set([
  208, 229, 230, 262, 297, 300, 916, 3906, 4060, 15247, 15151, 18456
])
const full: ReadonlySet<number> = new Set([1101, 1105, 9002])
/** Deadlock victim, lock and query timeouts, going down or coming up, resources. */
const transient: ReadonlySet<number> = new Set([
  1205, 1222, 3960, 701, 802, 8645, 6005, 17142, 40197, 40501, 40613, 50001
])

interface DriverError extends Error {
  readonly number?: number
  readonly code?: string
  readonly originalError?: { readonly info?: { readonly number?: number } }
  /** Errors the server sent before this one; the first is the cause. */
  readonly precedingErrors?: readonly { readonly number?: number }[]
}

/** Every error of the driver and the server as ours; of a server's error only its number goes on, its words hold values. */
export function translateError(error: unknown, doing: string): unknown {
  if (error instanceof CourantError || !(error instanceof Error)) return error
  const { precedingErrors = [], ...own } = error as DriverError
  const numbers = [
    ...precedingErrors.map(({ number }) => number),
    own.number,
    own.originalError?.info?.number
  ]
  const number = numbers.find((one) => one !== undefined && one > 0)
  return number === undefined ? driverError(error, doing) : serverError(number, doing)
}

function serverError(number: number, doing: string): CourantError {
  const details = { number }
  if (transient.has(number))
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `SQL Server interrupted us (${number}) when it was to ${doing}`,
      { details }
    )
  if (full.has(number))
    return new CourantError(
      'TARGET_FULL',
      `SQL Server has no room left to ${doing}: make room and start again`,
      { details }
    )
  const advice = refusals[number] ?? `see error ${number} in SQL Server's documentation`
  return new CourantError('TARGET_REFUSED', `SQL Server refuses to ${doing}: ${advice}`, {
    details: { ...details, isOfServer: ofServer.has(number) }
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

function driverError(error: DriverError, doing: string): unknown {
  if (error.code === 'ELOGIN')
    return new CourantError(
      'TARGET_REFUSED',
      'SQL Server refuses the login: correct user and password in COURANT_ODS_URL',
      { cause: error, details: { isOfServer: true } }
    )
  if (error.code === undefined || !unavailable.has(error.code)) return error
  const late =
    error.code === 'ETIMEOUT' ? ': see what blocks it, or raise COURANT_ODS_STATEMENT_TIMEOUT_MS' : ''
  return new CourantError(
    'TARGET_UNAVAILABLE',
    `SQL Server does not answer (${error.code}) when it is to ${doing}${late}`,
    {
      cause: error
    }
  )
}
