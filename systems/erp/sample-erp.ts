import { pg } from '../../runtime/process/packages.ts'
import { dataDirFrom } from '../../local/folders.ts'
import { createErp, fillErp } from '../../local/sample/erp/create-erp.ts'
import { erpConnectionString } from '../../local/sample/erp/erp-connection.ts'
import { erpTableNames } from '../../local/sample/erp/erp-tables.ts'
import { runningServers } from '../../local/stack-env.ts'

/** The database of the local PostgreSQL that stands in for OpenEdge. */
const sampleErp = 'erp'

/**
 * Takes the sample ERP as the source where none is set and the environment's PostgreSQL is that of the local stack. So
 * `courant etl sync` works as it is beside `courant up`.
 */
export function useSampleErp(env: NodeJS.ProcessEnv): void {
  const local = runningServers(dataDirFrom(env)).get('postgres')
  if (local && local['PGHOST'] === env['PGHOST'] && local['PGPORT'] === env['PGPORT'])
    env['COURANT_PROGRESS_ODBC'] ??= sampleConnection(env)
}

/** True when the source is the sample ERP of the PostgreSQL in the environment. */
export const isSampleErp = (env: NodeJS.ProcessEnv): boolean =>
  env['COURANT_PROGRESS_ODBC'] === sampleConnection(env)

/** How ODBC reaches it. */
export const sampleConnection = ({ PGHOST, PGPORT, PGUSER, PGPASSWORD }: NodeJS.ProcessEnv): string =>
  erpConnectionString({
    host: PGHOST ?? '127.0.0.1',
    port: PGPORT ?? '5432',
    user: PGUSER ?? 'postgres',
    password: PGPASSWORD ?? '',
    database: sampleErp
  })

/** Makes the sample ERP where it is not there yet, and fills it; what is there stays. True when it was made. */
export async function makeSampleErp(env: NodeJS.ProcessEnv): Promise<boolean> {
  const server = poolOn(env['PGDATABASE'] || 'postgres')
  try {
    const { rows } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [sampleErp])
    if (rows.length > 0) return false
    // Under another name until it is whole: what was interrupted is made anew.
    const unfinished = `${sampleErp}_unfinished`
    await server.query(`DROP DATABASE IF EXISTS ${unfinished}`)
    await server.query(`CREATE DATABASE ${unfinished}`)
    await fill(unfinished)
    await server.query(`ALTER DATABASE ${unfinished} RENAME TO ${sampleErp}`)
    return true
  } finally {
    await server.end()
  }
}

async function fill(database: string): Promise<void> {
  const pool = poolOn(database)
  try {
    await createErp(pool)
    for (const name of erpTableNames) await fillErp(pool, name)
  } finally {
    await pool.end()
  }
}

/** Host, user and password are pg's own variables. */
const poolOn = (database: string) => new pg.Pool({ database, max: 1 })
