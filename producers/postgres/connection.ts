import { Socket } from 'node:net'
import type { Client, ClientConfig } from 'pg'
import { pg } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import { postgresTls } from '../../runtime/postgres-tls.ts'
import type { Settings } from '../../runtime/settings.ts'
import { endsWithin } from '../../runtime/loop/stopping.ts'
import * as names from './settings.ts'
import { isUnanswered, translateError } from './translate-error.ts'

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
    ssl: postgresTls(settings),
    application_name: `courant ${pipeline}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: asText
  }
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

/** How long after the server should have cancelled a statement its answer may still be under way. */
const answerMs = 5000
/** How long a server may take to part. */
const partingMs = 5000

/** A client and the socket under it, which can be given up when nobody answers. */
interface Session {
  readonly client: Promise<Client>
  readonly socket: Socket
}

/** How a replication connection is made; its settings can only be given at the start. */
export function replicationConfig(settings: Settings, pipeline: string): ClientConfig {
  const options = Object.entries(valueSettings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(' ', '')}`
  )
  return { ...clientConfig(settings, pipeline), options: options.join(' ') }
}

/**
 * One connection that is made when it is needed and again after it was lost: a lost one fails the query in hand with
 * SOURCE_UNAVAILABLE, and the next query connects anew. So does one on which neither answer nor cancellation came.
 */
export class Connection {
  readonly #context: Context
  #session: Session | null = null
  #isClosed = false
  /** Grows with each new connection, for what holds only within one. */
  generation = 0

  constructor(context: Context) {
    this.#context = context
  }

  /** Runs one statement; rows are arrays of text. `doing` names it in errors. */
  async rows(doing: string, text: string, values: readonly unknown[] = []): Promise<TextRow[]> {
    if (this.#isClosed) throw new CourantError('SOURCE_UNAVAILABLE', 'The connection to PostgreSQL is closed')
    this.#session ??= this.#newSession()
    const session = this.#session
    try {
      const client = await session.client
      const result = await client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' })
      return result.rows
    } catch (error) {
      // The answer may come yet; nobody must take it for that of a later query.
      if (isUnanswered(error)) this.#giveUp(session)
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

  /** Cuts the query in hand, refuses those that would follow it, and parts from a server that answers. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#disconnect()
  }

  async #disconnect(): Promise<void> {
    const session = this.#session
    this.#session = null
    if (session) await part(session)
  }

  #giveUp(session: Session): void {
    this.#forget(session)
    session.socket.destroy()
  }

  #forget(session: Session): void {
    if (this.#session === session) this.#session = null
  }

  #newSession(): Session {
    const socket = new Socket()
    const session = { client: this.#connect(socket, () => this.#forget(session)), socket }
    return session
  }

  async #connect(socket: Socket, onLost: () => void): Promise<Client> {
    const { settings, pipeline, log } = this.#context
    const statementMs = settings.number(names.statementTimeoutMs)
    const client = new pg.Client({
      ...clientConfig(settings, pipeline),
      stream: () => socket,
      query_timeout: statementMs + answerMs
    })
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
      const set = Object.entries(sessionSettings(statementMs))
      await client.query(
        `SELECT ${set.map(([name, value]) => `set_config('${name}', '${value}', false)`).join(', ')}`
      )
    } catch (error) {
      onLost()
      void part({ client: Promise.resolve(client), socket })
      throw error
    }
    this.generation++
    return client
  }
}

/** Also of a connection that is still being made. */
async function part({ client, socket }: Session): Promise<void> {
  await endsWithin(
    client.then((open) => open.end()),
    partingMs
  )
  socket.destroy()
}
