import { readFileSync } from 'node:fs'
import { Client, type ClientConfig } from 'pg'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import type { Settings } from '../../runtime/settings.ts'
import * as names from './settings.ts'
import { translateError } from './translate-error.ts'

/** A row as its columns' text; NULL is null. */
export type TextRow = readonly (string | null)[]

// Values stay the text the server prints: no parser touches them.
const asText = { getTypeParser: () => (text: string | Buffer) => text }

/** How the driver connects, from the settings. */
function clientConfig(settings: Settings, pipeline: string): ClientConfig {
  const password = settings.text(names.password)
  return {
    host: settings.text(names.host),
    port: settings.number(names.port),
    user: settings.text(names.user),
    database: settings.text(names.database),
    ...(password !== '' && { password }),
    ssl: tls(settings),
    application_name: `courant ${pipeline}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: asText
  }
}

function tls(settings: Settings): ClientConfig['ssl'] {
  const mode = settings.text(names.sslMode)
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  const file = settings.text(names.sslRootCert)
  return file === '' ? true : { ca: readFileSync(file, 'utf8') }
}

/** What makes the text of a value depend on nothing but the value. */
const valueSettings: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex'
}

/** The same, and what makes a forgotten session harmless. */
const sessionSettings = (statementMs: number): Readonly<Record<string, string>> => ({
  ...valueSettings,
  default_transaction_read_only: 'on',
  statement_timeout: `${statementMs}`,
  lock_timeout: `${statementMs}`,
  idle_in_transaction_session_timeout: `${2 * statementMs}`
})

/** How a replication connection is made; its settings can only be given at the start. */
export function replicationConfig(settings: Settings, pipeline: string): ClientConfig {
  const options = Object.entries(valueSettings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(' ', '')}`
  )
  return { ...clientConfig(settings, pipeline), options: options.join(' ') }
}

/**
 * One connection that is made when it is needed and again after it was lost: a lost one fails the query in hand with
 * SOURCE_UNAVAILABLE, and the next query connects anew.
 */
export class Connection {
  readonly #context: Context
  #client: Promise<Client> | null = null
  #isClosed = false
  /** Grows with each new connection, for what holds only within one. */
  generation = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** Runs one statement; rows are arrays of text. `doing` names it in errors. */
  async rows(doing: string, text: string, values: readonly unknown[] = []): Promise<TextRow[]> {
    try {
      const client = await this.#connected()
      const result = await client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' })
      return result.rows
    } catch (error) {
      throw translateError(error, doing)
    }
  }

  /** Runs one statement that changes something, in a session that is read-only otherwise. */
  async write(doing: string, statement: string): Promise<void> {
    await this.rows(doing, 'BEGIN READ WRITE')
    try {
      await this.rows(doing, statement)
      await this.rows(doing, 'COMMIT')
    } catch (error) {
      await this.#disconnect()
      throw error
    }
  }

  /** Cuts the query in hand, and refuses those that would follow it. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#disconnect()
  }

  async #disconnect(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.then((open) => open.end()).catch(() => undefined)
  }

  #connected(): Promise<Client> {
    if (this.#isClosed) throw new CourantError('SOURCE_UNAVAILABLE', 'The connection to PostgreSQL is closed')
    if (this.#client) return this.#client
    const client = this.#connect(() => {
      if (this.#client === client) this.#client = null
    })
    this.#client = client
    return client
  }

  async #connect(onLost: () => void): Promise<Client> {
    const { settings, pipeline, log } = this.#context
    const client = new Client(clientConfig(settings, pipeline))
    client.on('end', onLost)
    client.on('error', (error) => {
      log.warn(
        { err: translateError(error, 'on an idle connection') },
        'the connection to PostgreSQL was lost'
      )
      onLost()
    })
    try {
      await client.connect()
      const set = Object.entries(sessionSettings(settings.number(names.statementTimeoutMs)))
      await client.query(
        `SELECT ${set.map(([name, value]) => `set_config('${name}', '${value}', false)`).join(', ')}`
      )
    } catch (error) {
      onLost()
      throw error
    }
    this.generation++
    return client
  }
}
