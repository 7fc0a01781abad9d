import { setTimeout as sleep } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { loadOdbc, type Odbc, type OdbcCursor, type OdbcHandle, type OdbcRows } from './odbc.ts'
import { connectionSettings as names } from './settings.ts'
import { translateError } from './translate-error.ts'

const closeTimeoutMs = 5_000

/** A connection to OpenEdge over ODBC, made at its first use and again after it was lost. */
export class OdbcConnection {
  readonly schema: string
  readonly #settings: Settings
  #opening: Promise<OdbcHandle> | null = null

  constructor(settings: Settings) {
    this.#settings = settings
    this.schema = settings.text(names.schema)
  }

  /** All rows of a statement that gives few. `doing` completes the sentence of an error. */
  async query(sql: string, doing: string): Promise<OdbcRows> {
    return this.#use((handle) => handle.query(sql), doing)
  }

  async cursor(sql: string, fetchSize: number, doing: string): Promise<OdbcCursor> {
    return this.#use((handle) => handle.query(sql, [], { cursor: true, fetchSize }), doing)
  }

  /** The driver's own answer, in the columns of SQLPrimaryKeys. */
  async primaryKeys(table: string): Promise<OdbcRows> {
    return this.#use((handle) => handle.primaryKeys(null, this.schema, table), `the primary key of ${table}`)
  }

  /** The driver's own answer, in the columns of SQLColumns. */
  async columns(table: string): Promise<OdbcRows> {
    return this.#use((handle) => handle.columns(null, this.schema, table, null), `the columns of ${table}`)
  }

  /** Ends the statement that runs now, so that whoever waits for it need not; it fails as refused. */
  async cancel(): Promise<void> {
    await this.#opening?.then((handle) => handle.cancel()).catch(() => undefined)
  }

  /** Closes what is open; the next use connects again. A server that does not answer cannot hold it up. */
  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = null
    const closed = opening?.then((handle) => handle.close()).catch(() => undefined)
    if (closed) await Promise.race([closed, sleep(closeTimeoutMs, undefined, { ref: false })])
  }

  async #use<T>(work: (handle: OdbcHandle) => Promise<T>, doing: string): Promise<T> {
    try {
      this.#opening ??= connect(this.#settings)
      return await work(await this.#opening)
    } catch (error) {
      const translated = translateError(error, doing)
      // What failed may have taken the connection with it; a new one costs less than a wrong guess.
      if (translated instanceof CourantError && translated.verdict === 'transient') await this.close()
      throw translated
    }
  }
}

async function connect(settings: Settings): Promise<OdbcHandle> {
  const odbc = await loadOdbc()
  const connectTimeoutS = settings.number(names.connectTimeoutS)
  const isolation = settings.text(names.isolation)
  const handle = await odbc.connect({
    connectionString: withIsolation(settings.text(names.connectionString), isolation),
    connectionTimeout: connectTimeoutS,
    loginTimeout: connectTimeoutS,
    fetchArray: true
  })
  try {
    await handle.setIsolationLevel(levelOf(odbc, isolation))
    return handle
  } catch (cause) {
    await handle.close()
    throw new CourantError(
      'SOURCE_REFUSED',
      `The driver does not offer the isolation level ${isolation}: choose another in ${names.isolation.env}`,
      { cause }
    )
  }
}

const levelOf = (odbc: Odbc, isolation: string) =>
  isolation === 'SERIALIZABLE'
    ? odbc.SQL_TXN_SERIALIZABLE
    : isolation === 'REPEATABLE READ'
      ? odbc.SQL_TXN_REPEATABLE_READ
      : odbc.SQL_TXN_READ_COMMITTED

const isolationWord = /(?:^|;)\s*(?:DefaultIsolationLevel|DIL)\s*=\s*([^;]*)/i

/** The connection string with the isolation level; one that asks for dirty reads is refused. */
export function withIsolation(connectionString: string, isolation: string): string {
  const [, own] = isolationWord.exec(connectionString) ?? []
  if (own === undefined) return `${connectionString.replace(/;\s*$/, '')};DefaultIsolationLevel=${isolation}`
  if (/UNCOMMITTED/i.test(own))
    throw new CourantError(
      'CONFIG_INVALID',
      `${names.connectionString.env} asks for READ UNCOMMITTED, which returns wrong rows: leave DefaultIsolationLevel out and set ${names.isolation.env}`
    )
  return connectionString
}
