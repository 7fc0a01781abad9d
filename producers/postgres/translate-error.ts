import { pg } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import { isTlsFailure, tlsAdvice, tlsHint } from '../../runtime/postgres-tls.ts'
import { user } from './settings.ts'

// https://www.postgresql.org/docs/17/errcodes-appendix.html
const refusals: Readonly<Record<string, string>> = {
  '28000': `correct PGUSER, let pg_hba.conf admit it, or ${tlsHint}`,
  '28P01': 'correct PGUSER and PGPASSWORD',
  '3D000': 'correct PGDATABASE',
  '3F000': 'correct COURANT_POSTGRES_SCHEMA',
  '42501': `grant the rights it needs (${user.describe})`,
  '42P01': 'correct the table in its .avsc file, or COURANT_POSTGRES_SCHEMA',
  '42703': 'correct the columns in the .avsc file',
  '55000':
    'set wal_level = logical on the server for COURANT_POSTGRES_MODE=log, and see that the slot is not lost'
}
const timeouts = new Set(['57014', '55P03'])
/** Connection exceptions, out of resources, operator intervention, system errors, conflicts that pass, and a slot in use. */
const transientClass = /^(08|40|53|57|58|55006)/

/**
 * Data exceptions, values that outgrow a limit, and damaged storage: a value causes them, so they are its row's. Not
 * 22023, which is a parameter of ours such as a time zone that the server does not know.
 */
const valueStates = /^(22(?!023)|54000|XX001)/

/** Whether a value, and so a row, made a read fail: the others can be read without it. */
export const isUnreadable = (error: unknown): error is CourantError =>
  error instanceof CourantError && error.code === 'VALUE_UNREADABLE'

/**
 * Every error of the driver and the server as ours: refusals are fatal with what to do, all that may pass is
 * transient; what is neither comes back as it is. Of a database error only code, table and column names go on: detail, where and parameters hold values.
 */
export function translateError(error: unknown, doing: string): unknown {
  if (error instanceof CourantError) return error
  if (!(error instanceof pg.DatabaseError)) return connectionError(error, doing)
  const code = error.code ?? ''
  const details = { sqlState: code, table: error.table, column: error.column }
  const advice = refusals[code]
  if (advice) return new CourantError('SOURCE_REFUSED', `PostgreSQL refuses ${doing}: ${advice}`, { details })
  if (timeouts.has(code)) return new CourantError('SOURCE_UNAVAILABLE', timeoutAdvice(doing), { details })
  if (transientClass.test(code))
    return new CourantError('SOURCE_UNAVAILABLE', `PostgreSQL interrupted ${doing} (${code})`, { details })
  if (valueStates.test(code))
    return new CourantError('VALUE_UNREADABLE', valueAdvice(doing, code), { details })
  return new CourantError('SOURCE_REFUSED', `PostgreSQL cannot do ${doing} (SQLSTATE ${code})`, { details })
}

// node-postgres has no codes of its own for a connection that ends; sockets and TLS have Node's.
const lostConnection = /connection|terminated|timeout|not queryable/i

/** Whether the driver has given up waiting for an answer; the server's own time-out comes before. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout'

function connectionError(error: unknown, doing: string): unknown {
  if (isUnanswered(error))
    return new CourantError('SOURCE_UNAVAILABLE', unansweredAdvice(doing), { cause: error })
  if (isTlsFailure(error)) return new CourantError('SOURCE_REFUSED', tlsAdvice, { cause: error })
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string }
  const reason = typeof code === 'string' ? code : ''
  if (reason === '' && !lostConnection.test(message)) return error
  return new CourantError(
    'SOURCE_UNAVAILABLE',
    `PostgreSQL does not answer ${doing} (${message || reason})`,
    {
      cause: error
    }
  )
}

const valueAdvice = (doing: string, code: string): string =>
  `PostgreSQL cannot do ${doing}: a value does not let it (SQLSTATE ${code}). Correct the value at the source`
const timeoutAdvice = (doing: string): string =>
  `PostgreSQL ran out of time at ${doing}: if it goes on, lower COURANT_POSTGRES_PAGE_ROWS, ` +
  'raise COURANT_POSTGRES_STATEMENT_TIMEOUT_MS, or see that the cursor and the key have an index'
const unansweredAdvice = (doing: string): string =>
  `PostgreSQL neither answered nor cancelled ${doing} in time, so the connection is made anew: if it goes on, see ` +
  'whether the server hangs, or something between that drops connections without a word, such as a firewall'
