import { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Pool, PoolClient, PoolConfig, types } from 'pg'
import { pg } from '../../../runtime/process/packages.ts'
import { csvNull } from '../cache/csv-line.ts'
import type { OdsDatabase, OdsSession, ResultRow } from '../ods-database.ts'
import type { OdsTable } from '../ods-table.ts'
import { tellSent } from '../sent-statements.ts'
import { positional, type Statement } from '../statement.ts'
import { CopyIn } from './copy-in.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { translateError } from './translate-error.ts'
import { quoted } from './types.ts'

/** How to reach the database. */
export interface PostgresTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: boolean | ConnectionOptions
  readonly statementTimeoutMs: number
}

/** The rows a cursor fetches at a time. */
const fetchRows = 1000
/** How long after the server should have cancelled a statement its answer may still be under way. */
const answerMs = 5000
/** How long a server may take to part. */
const partingMs = 5000

/** The ODS in PostgreSQL. */
export function postgresDatabase(target: PostgresTarget): OdsDatabase {
  const sockets = new Sockets()
  const pool = new pg.Pool({ ...config(target, sockets), max: 4, idleTimeoutMillis: 10_000 })
  // A connection that is lost while idle is replaced by the pool; one in use fails its statement.
  pool.on('error', () => undefined)
  // Between two statements of a transaction nobody else listens, and the next statement says that it is lost.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const connected = async <T>(doing: string, work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw translateError(error, doing)
    })
    let failure: unknown
    try {
      return await work(client)
    } catch (error) {
      failure = error
      throw translateError(error, doing)
    } finally {
      // After any error the connection is thrown away, and with it the transaction it may be in.
      client.release(failure !== undefined)
    }
  }
  return {
    dialect: postgresDialect,
    create: () => createDatabase(target),
    query: (doing, statement) => connected(doing, (client) => sessionOf(client).query(doing, statement)),
    bulkLoad: (doing, table, run) =>
      connected(doing, (client) => sessionOf(client).bulkLoad(doing, table, run)),
    transaction: (doing, work) =>
      connected(doing, async (client) => {
        await client.query('BEGIN')
        const result = await work(sessionOf(client))
        await client.query('COMMIT')
        return result
      }),
    stream: (doing, statement) => streamed(pool, doing, statement),
    async close() {
      sockets.destroyLate()
      await pool.end()
    }
  }
}

/** The sockets under connections: one whose server has gone without a word would never close by itself. */
class Sockets {
  readonly #open = new Set<Socket>()

  make(): Socket {
    const socket = new Socket()
    this.#open.add(socket)
    return socket.on('close', () => this.#open.delete(socket))
  }

  /** Leaves the servers some time to part, then closes what is still open. */
  destroyLate(): void {
    const destroy = () => {
      for (const socket of this.#open) socket.destroy()
    }
    setTimeout(destroy, partingMs).unref()
  }
}

// A COPY is one statement, so it has the same time as any other.
const config = ({ statementTimeoutMs, tls, ...target }: PostgresTarget, sockets: Sockets): PoolConfig => ({
  ...target,
  ssl: tls,
  stream: () => sockets.make(),
  query_timeout: statementTimeoutMs + answerMs,
  types: { getTypeParser: parserOf },
  application_name: 'courant ods',
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  options: `-c TimeZone=UTC -c DateStyle=ISO,YMD -c statement_timeout=${statementTimeoutMs} -c client_min_messages=warning`
})

/** Of DATE and TIMESTAMP, as the catalogue pg_type has them. */
const timestampOids: ReadonlySet<number> = new Set([1082, 1114])

/** Times without a zone stay text: the driver would take them for local ones. */
const parserOf: typeof types.getTypeParser = (oid, ...format) =>
  timestampOids.has(oid) ? String : pg.types.getTypeParser(oid, ...format)

function sessionOf(client: PoolClient): OdsSession {
  return {
    dialect: postgresDialect,
    async query(doing, statement) {
      tellSent({ dialect: 'postgres', statement })
      try {
        const { rows } = await client.query<ResultRow>(positional(statement))
        return rows
      } catch (error) {
        throw translateError(error, doing)
      }
    },
    async bulkLoad(doing, table, run) {
      const copy = new CopyIn(copyStatement(table), run.csv())
      client.query(copy)
      await copy.done.catch((error: unknown) => {
        throw translateError(error, doing)
      })
    }
  }
}

const copyStatement = ({ name }: OdsTable) =>
  `COPY stg.${quoted(name)} FROM STDIN (FORMAT csv, NULL '${csvNull}')`

async function* streamed(pool: Pool, doing: string, statement: Statement): AsyncGenerator<ResultRow> {
  tellSent({ dialect: 'postgres', statement })
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error, doing)
  })
  let isWhole = false
  try {
    const { text, values } = positional(statement)
    await client.query('BEGIN READ ONLY')
    await client.query(`DECLARE rows NO SCROLL CURSOR FOR ${text}`, values)
    for (;;) {
      const { rows } = await client.query<ResultRow>(`FETCH ${fetchRows} FROM rows`)
      if (rows.length === 0) break
      yield* rows
    }
    await client.query('COMMIT')
    isWhole = true
  } catch (error) {
    throw translateError(error, doing)
  } finally {
    client.release(!isWhole)
  }
}

async function createDatabase(target: PostgresTarget): Promise<void> {
  const sockets = new Sockets()
  const client = new pg.Client(config({ ...target, database: 'postgres' }, sockets))
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [target.database])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${target.database.replaceAll('"', '""')}"`)
  } catch (error) {
    // Another process made it in the meantime.
    if ((error as { code?: string }).code !== '42P04') throw translateError(error, 'make its database')
  } finally {
    sockets.destroyLate()
    await client.end().catch(() => undefined)
  }
}
