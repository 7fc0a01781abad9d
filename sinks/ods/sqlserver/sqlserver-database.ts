import type mssql from 'mssql'
import { driver } from './driver.ts'
import type { OdsDatabase, OdsSession, ResultRow } from '../ods-database.ts'
import { tellSent } from '../sent-statements.ts'
import type { SqlValue, Statement } from '../statement.ts'
import type { Dialect } from '../dialect.ts'
import { stagingBatches } from './bulk-load.ts'
import { MergeAbility, type MergeWay } from './merge-ability.ts'
import { Connections } from './connections.ts'
import { sqlServerDialect } from './sqlserver-dialect.ts'
import type { SqlServerLogin } from './target.ts'
import { translateError } from './translate-error.ts'

/** How to reach the database, and how it is written. */
export interface SqlServerTarget extends SqlServerLogin {
  readonly statementTimeoutMs: number
  readonly bulkRows: number
  readonly mergeWay: MergeWay
}

/** The ODS in SQL Server 2016 or newer. */
export function sqlServerDatabase(target: SqlServerTarget): OdsDatabase {
  const connections = new Connections(target)
  const connected = () => connections.pool()
  const session = (requests: () => Promise<mssql.Request>, dialect: Dialect) =>
    sessionOf(requests, { dialect, bulkRows: target.bulkRows })
  const direct = session(async () => (await connected()).request(), sqlServerDialect)
  const ability = new MergeAbility(target.mergeWay)
  return {
    ...direct,
    // Whoever runs SQL Server decides on its databases' files and collations.
    create: async () => undefined,
    async transaction(doing, work) {
      try {
        const dialect = await ability.dialect(direct)
        const transaction = (await connected()).transaction()
        await transaction.begin()
        return await finished(transaction, () => work(session(async () => transaction.request(), dialect)))
      } catch (error) {
        throw translateError(error, doing)
      }
    },
    stream: (doing, statement) => streamed(connected, doing, statement),
    close: () => connections.close()
  }
}

/** Commits after the work, or rolls back and throws what the work threw. */
async function finished<T>(transaction: mssql.Transaction, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    await transaction.commit()
    return result
  } catch (error) {
    // The server may have rolled back already, or the connection be gone, which does the same.
    await transaction.rollback().catch(() => undefined)
    throw error
  }
}

// Of a heap that is locked as a whole, SIMPLE and BULK_LOGGED recovery log pages instead of rows.
const bulkOptions = { keepNulls: true, lockTable: true }

function sessionOf(
  requests: () => Promise<mssql.Request>,
  { dialect, bulkRows }: { readonly dialect: Dialect; readonly bulkRows: number }
): OdsSession {
  return {
    dialect,
    async query(doing, statement) {
      try {
        const { recordset } = await send(await requests(), statement)
        return recordset ?? []
      } catch (error) {
        throw translateError(error, doing)
      }
    },
    async bulkLoad(doing, table, run) {
      try {
        for await (const batch of stagingBatches(table, run, bulkRows))
          await (await requests()).bulk(batch, bulkOptions)
      } catch (error) {
        throw translateError(error, doing)
      }
    }
  }
}

/** Longest parameter that has one type whatever its length, so that statements share a plan. */
const shortText = 400
const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)

/**
 * Binds a parameter. The driver would send every text as nvarchar, for which a server with a collation of its oldest
 * kind reads all of an index on varchar; the other way round it does not.
 */
function bind(request: mssql.Request, name: string, value: SqlValue): void {
  if (typeof value === 'string' && value.length <= shortText && isAscii(value))
    request.input(name, driver.VarChar(shortText), value)
  else request.input(name, value)
}

/** Without parameters as a batch of its own, which views and procedures must be made in. */
function send(request: mssql.Request, statement: Statement): Promise<mssql.IResult<ResultRow>> {
  const { text, values = {} } = statement
  tellSent({ dialect: 'sqlserver', statement })
  const inputs = Object.entries(values)
  for (const [name, value] of inputs) bind(request, name, value)
  return inputs.length === 0 ? request.batch<ResultRow>(text) : request.query<ResultRow>(text)
}

async function* streamed(
  connected: () => Promise<mssql.ConnectionPool>,
  doing: string,
  statement: Statement
): AsyncGenerator<ResultRow> {
  const { text, values = {} } = statement
  tellSent({ dialect: 'sqlserver', statement })
  try {
    const request = (await connected()).request()
    for (const [name, value] of Object.entries(values)) bind(request, name, value)
    const rows = request.toReadableStream()
    void request.query(text)
    for await (const row of rows) yield row as ResultRow
  } catch (error) {
    throw translateError(error, doing)
  }
}
