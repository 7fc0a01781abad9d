import { CourantError } from '../../runtime/errors.ts'
import { connectionSettings } from './settings.ts'
import { installAdvice } from './odbc.ts'

/** One diagnostic of an ODBC driver. */
interface Diagnostic {
  readonly state: string
  readonly code: number
  readonly message: string
}

interface Refusal {
  readonly states: RegExp
  /** OpenEdge's own numbers, where it has a SQLSTATE of many meanings. */
  readonly codes?: readonly number[]
  readonly advice: string
}

const env = connectionSettings.connectionString.env

// SQLSTATEs are ODBC's, and those PostgreSQL's driver gives in their place; numbers are OpenEdge's ("SQL Error Messages").
const refusals: readonly Refusal[] = [
  {
    states: /^28/,
    codes: [-20228, -210056],
    advice: `the login is not accepted: correct UID and PWD in ${env}`
  },
  { states: /^(3D|3F|08004)/, advice: `the database is not there: correct ${env}` },
  {
    states: /^(42S02|42P01)$/,
    codes: [-20005],
    advice: 'a table is not there: correct its name in config.ETL_Tables, or COURANT_PROGRESS_SCHEMA'
  },
  {
    states: /^(42S22|42703)$/,
    codes: [-20006],
    advice:
      'a column is no longer there: run `courant etl sync`, and correct config.ETL_Tables if it names the column'
  },
  { states: /^42501$/, codes: [-20032], advice: `a right is missing: grant SELECT to the user of ${env}` },
  {
    states: /^(42|22)/,
    advice: 'the statement is not accepted: correct SourceExpression in config.ETL_Columns'
  }
]

const notLetIn = `the login or the database is not accepted: correct UID, PWD and the database in ${env}`

// Drivers report a refused login as a failed connection, so only the words tell it from a server that is down.
const isNotLetIn = ({ message, state }: Diagnostic) =>
  state.startsWith('08') && /password|access denied|authenticat|authori[sz]|does not exist/i.test(message)

/** A record or table is locked by someone else for now. */
const locked = { states: /^(40|55P03)/, codes: [-210015, -210016], message: /record lock|lock wait/i }
const lost = /^(08|HYT|57|53|S1T)/
const tooWide = /Column (\S+) in table (\S+) has value exceeding its max length or precision/i

/**
 * What the ODBC driver throws as ours: SOURCE_REFUSED with what to do, SOURCE_UNAVAILABLE for locks and lost
 * connections (`details.isLocked` says which), WIDTH_EXCEEDED by table and column, ODBC_MISSING without a driver. Of
 * the driver's text only names and numbers go on: the rest may hold values.
 */
export function translateError(error: unknown, doing: string): unknown {
  if (error instanceof CourantError) return error
  const diagnostics = diagnosticsOf(error)
  if (!diagnostics) return connectionLost(error, doing)
  return widthError(diagnostics) ?? passing(diagnostics, doing) ?? refused(diagnostics, doing)
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] | null {
  const found = (error as { odbcErrors?: readonly Diagnostic[] } | null)?.odbcErrors
  return found && found.length > 0 ? found : null
}

// The binding says so itself when a connection is gone that it had.
function connectionLost(error: unknown, doing: string): unknown {
  const isOurs = error instanceof Error && error.message.startsWith('[odbc]')
  if (!isOurs) return error
  return new CourantError('SOURCE_UNAVAILABLE', `OpenEdge broke off ${doing}`, { cause: error })
}

function widthError(diagnostics: readonly Diagnostic[]): CourantError | null {
  for (const { message, state, code } of diagnostics) {
    const [, column, table] = tooWide.exec(message) ?? []
    if (column !== undefined || code === -210012)
      return widthExceeded({
        table: table ?? 'the table',
        column: column ?? 'of a name not told',
        state,
        code
      })
  }
  return null
}

/** WIDTH_EXCEEDED for a column whose values are refused or cut. */
export function widthExceeded(details: {
  readonly table: string
  readonly column: string
  readonly [name: string]: unknown
}): CourantError {
  return new CourantError(
    'WIDTH_EXCEEDED',
    `Column ${details.column} of ${details.table} has values wider than its SQL width: let the OpenEdge administrator run dbtool (SQL Width & Date Scan with Fix Option) on the table, or set SourceExpression or IsExcluded for the column in config.ETL_Columns`,
    { details }
  )
}

function passing(diagnostics: readonly Diagnostic[], doing: string): CourantError | null {
  const details = detailsOf(diagnostics)
  if (diagnostics.some(isNotLetIn)) return null
  const isLocked = diagnostics.some(
    ({ state, code, message }) =>
      locked.states.test(state) || locked.codes.includes(code) || locked.message.test(message)
  )
  if (isLocked)
    return new CourantError('SOURCE_UNAVAILABLE', `OpenEdge has a lock in the way of ${doing}; read again`, {
      details: { ...details, isLocked }
    })
  if (!diagnostics.some(({ state }) => lost.test(state))) return null
  return new CourantError('SOURCE_UNAVAILABLE', `OpenEdge does not answer ${doing} (${details.state})`, {
    details
  })
}

function refused(diagnostics: readonly Diagnostic[], doing: string): CourantError {
  const details = detailsOf(diagnostics)
  const isDriverMissing = diagnostics.some(
    ({ state, message }) => state === 'IM002' || /Can't open lib/i.test(message)
  )
  if (isDriverMissing)
    return new CourantError(
      'ODBC_MISSING',
      `unixODBC finds no such driver or data source: correct ${env} and /etc/odbcinst.ini; ${installAdvice}`,
      { details }
    )
  const known = refusals.find(({ states, codes = [] }) =>
    diagnostics.some(({ state, code }) => codes.includes(code) || states.test(state))
  )
  const advice =
    (diagnostics.some(isNotLetIn) ? notLetIn : known?.advice) ??
    `SQLSTATE ${details.state}, error ${details.code}`
  return new CourantError('SOURCE_REFUSED', `OpenEdge refuses ${doing}: ${advice}`, { details })
}

function detailsOf([first]: readonly Diagnostic[]) {
  return { state: first?.state ?? '', code: first?.code ?? 0 }
}
