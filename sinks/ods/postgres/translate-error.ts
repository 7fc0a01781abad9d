import { pg } from '../../../runtime/process/packages.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { isTlsFailure, tlsAdvice, tlsHint } from '../../../runtime/postgres-tls.ts'

// https://www.postgresql.org/docs/17/errcodes-appendix.html
const refusals: Readonly<Record<string, string>> = {
  '28000': `correct the user in COURANT_ODS_URL, let pg_hba.conf admit it, or ${tlsHint}`,
  '28P01': 'correct user and password in COURANT_ODS_URL',
  '3D000': 'the database of the ODS does not exist: run `courant etl sync`',
  '3F000': 'the ODS has no tables yet: run `courant etl sync`',
  '42501': 'grant the user of COURANT_ODS_URL the rights it needs (docs/ods.md)',
  '42P01': 'a table is missing: run `courant etl sync`'
}
/** What lies in a run and its table, by SQLSTATE. */
const runRefusals: Readonly<Record<string, string>> = {
  '0A000':
    'something is made of it, such as a view, that stands in the way of its change: drop that, load, and make it again',
  '2BP01':
    'something is made of it, such as a view, that stands in the way of its change: drop that, load, and make it again',
  '22001': 'a text is longer than its column in the ODS: see who changed the type of that column',
  '22003': 'a number is out of the range of its column in the ODS: see who changed the type of that column',
  '22021':
    'a text has a character that PostgreSQL does not hold: correct it at the source, or exclude its column in config.ETL_Columns',
  '23502': 'a column of its table may not be NULL: see who made it so',
  '23505':
    'a key has two rows where one is allowed. If KeepHistory went from 1 to 0, set it to 1 again, or rename the table with its history first, and a new one is made',
  '23514': 'a constraint that somebody made on its table refuses a row',
  '42701': 'it would have two columns of one name: set another SqlName for one in config.ETL_Columns',
  '42809': 'something else than a table has its name: set another DestinationTable in config.ETL_Tables',
  '54000':
    'a row is wider than a page of PostgreSQL (8 kB; 18 bytes for each text that is long), or a key than an index takes (2.7 kB): exclude columns in config.ETL_Columns, texts of more than 18 bytes first; `courant etl profile` tells how long they are',
  '54011': 'the table has more than 1,600 columns: exclude columns in config.ETL_Columns, arrays first'
}
const diskFull = '53100'
const timeouts = new Set(['57014', '55P03'])
/** Connection exceptions, rollbacks such as deadlocks, out of resources, operator intervention, system errors. */
const transientClass = /^(?:08|40|53|57|58)/

/** Every error of the driver and the server as ours; of a database error only its code and names go on, no values. */
export function translateError(error: unknown, doing: string): unknown {
  if (error instanceof CourantError) return error
  if (!(error instanceof pg.DatabaseError)) return connectionError(error, doing)
  const code = error.code ?? ''
  const details = { sqlState: code, table: error.table, column: error.column }
  const advice = refusals[code]
  if (advice)
    return new CourantError('TARGET_REFUSED', `The ODS refuses to ${doing}: ${advice}`, {
      details: { ...details, isOfServer: true }
    })
  if (code === diskFull)
    return new CourantError(
      'TARGET_FULL',
      `The ODS has no room left to ${doing}: make room and start again`,
      { details }
    )
  if (timeouts.has(code))
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `The ODS took too long to ${doing}: see what blocks it, or raise COURANT_ODS_STATEMENT_TIMEOUT_MS`,
      { details }
    )
  if (transientClass.test(code))
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `The ODS was interrupted (${code}) when it was to ${doing}`,
      { details }
    )
  const reason = runRefusals[code] ?? `see SQLSTATE ${code} in PostgreSQL's documentation`
  return new CourantError('TARGET_REFUSED', `The ODS refuses to ${doing}: ${reason}`, { details })
}

// node-postgres has no codes of its own for a connection that ends; sockets have Node's.
const lostConnection = /connection|terminated|timeout|not queryable/i
/** The driver has given up waiting; the server's own time-out comes before. */
const unanswered = 'Query read timeout'
const unansweredAdvice = (doing: string): string =>
  `The ODS neither answered nor cancelled when it was to ${doing}, so the connection is made anew: if it goes on, see ` +
  'whether the server hangs, or something between that drops connections without a word, such as a firewall'

function connectionError(error: unknown, doing: string): unknown {
  if (isTlsFailure(error))
    return new CourantError('TARGET_REFUSED', tlsAdvice, { cause: error, details: { isOfServer: true } })
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  if (typeof code !== 'string' && !lostConnection.test(message)) return error
  if (message === unanswered)
    return new CourantError('TARGET_UNAVAILABLE', unansweredAdvice(doing), { cause: error })
  const reason = typeof code === 'string' ? code : message
  return new CourantError(
    'TARGET_UNAVAILABLE',
    `The ODS does not answer when it is to ${doing} (${reason})`,
    {
      cause: error
    }
  )
}
