import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { changeErp, createErp, fillErp } from '../../local/sample/erp/create-erp.ts'
import { erpConnectionString } from '../../local/sample/erp/erp-connection.ts'
import { erpTable } from '../../local/sample/erp/erp-tables.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { parseEtlTable } from '../../schemas/erp/metadata.ts'
import { addEtlTable } from '../../sinks/ods/metadata.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import type { OdsDatabase, ResultRow } from '../../sinks/ods/ods-database.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { unique } from '../support/unique.ts'
import { connectionOf, withClient } from './activities-table.ts'
import type { BenchContext } from './bench.ts'
import { type Installation, startCourant } from './courant-process.ts'
import { LogProgress } from './log-progress.ts'
import { type Work, watchToEnd } from './work.ts'

/** The order lines of the sample: 302 columns, two of them the key. */
const tableName = 'lignecli'

interface Databases {
  readonly erp: string
  readonly ods: string
  readonly peer: string
}

/** A load that was measured, with its line of etl.ETL_Log. */
export interface Load {
  readonly work: Work
  readonly logged: ResultRow
}

/** An ERP with one wide table and an ODS, in databases of their own, with an installation of Courant. */
export class ErpApplication implements Installation {
  readonly env: Environment
  readonly folder: string
  readonly columns = erpTable(tableName).columns.length
  /** The same for a peer, which has a database of its own to copy to. */
  readonly peer: Installation
  readonly #server: Pool
  readonly #erp: Pool
  readonly #ods: OdsDatabase
  readonly #databases: Databases

  private constructor({ env, folder }: Installation, server: Pool, databases: Databases) {
    this.env = env
    this.folder = folder
    this.peer = { env: { ...env, PGDATABASE: databases.peer }, folder }
    this.#server = server
    this.#databases = databases
    this.#erp = new Pool({ ...connectionOf({ ...env, PGDATABASE: databases.erp }), max: 1 })
    // When a measurement fails its servers are stopped; that must not hide why it failed.
    this.#erp.on('error', () => undefined)
    this.#ods = openOds(settingsFrom(env))
  }

  /** An empty table that is configured to be copied. */
  static async create(context: BenchContext): Promise<ErpApplication> {
    const folder = join(context.folder, 'erp')
    mkdirSync(folder, { recursive: true })
    const databases = { erp: unique('erp'), ods: unique('ods'), peer: unique('peer') }
    const server = new Pool({ ...connectionOf({ ...context.env, PGDATABASE: 'postgres' }), max: 1 })
    server.on('error', () => undefined)
    for (const name of Object.values(databases)) await server.query(`CREATE DATABASE "${name}"`)
    const { PGHOST = '', PGPORT = '', PGUSER = '', PGPASSWORD = '' } = context.env
    const login = { host: PGHOST, port: PGPORT, user: PGUSER, password: PGPASSWORD }
    const userInfo = `${encodeURIComponent(PGUSER)}:${encodeURIComponent(PGPASSWORD)}`
    const env = {
      ...context.env,
      COURANT_PROGRESS_ODBC: erpConnectionString({ ...login, database: databases.erp }),
      COURANT_ODS_URL: `postgres://${userInfo}@${PGHOST}:${PGPORT}/${databases.ods}`,
      COURANT_TOPIC_PREFIX: `${unique('bench')}.`,
      COURANT_STATE_DIR: join(folder, 'state'),
      COURANT_ODS_CACHE_DIR: join(folder, 'cache'),
      COURANT_LOG_LEVEL: 'warn'
    }
    const application = new ErpApplication({ env, folder }, server, databases)
    await createErp(application.#erp)
    await migrate(application.#ods)
    const config = { ...erpTable(tableName).config, TableName: tableName, LookbackInterval: '0d' }
    const configured = parseEtlTable(config)
    await addEtlTable(application.#ods, configured)
    return application
  }

  /** Adds rows up to a number; what is there stays. */
  async fill(rows: number): Promise<void> {
    await fillErp(this.#erp, tableName, { to: rows })
  }

  /** Does at once what PostgreSQL would do by and by, so that nothing that was measured before slows down what comes. */
  async settle(): Promise<void> {
    for (const PGDATABASE of Object.values(this.#databases))
      await withClient({ ...this.env, PGDATABASE }, (client) => client.query('VACUUM ANALYZE'))
    await this.#server.query('CHECKPOINT')
  }

  /** Changes one in ten rows, others in each round, and gives how many, and the source's clock before. */
  async change(round: number): Promise<{ rows: number; since: string }> {
    const { rows } = await this.#erp.query<{ now: string }>('SELECT localtimestamp::text AS now')
    return { rows: await changeErp(this.#erp, tableName, { every: 10, round }), since: rows[0]?.now ?? '' }
  }

  /** Runs `courant etl load` to its end, and makes sure that it read as many rows and changed as many as it should. */
  async load(
    mode: 'full' | 'incremental',
    { rows, changed }: { rows: number; changed: number }
  ): Promise<Load> {
    const process = await startCourant(this, ['etl', 'load', tableName, mode, '--output', 'json'])
    const work = await watchToEnd(process, rows)
    const [logged = {}] = await this.#ods.query('look at the log', {
      text: 'SELECT * FROM etl.ETL_Runs ORDER BY StartedAt DESC FETCH FIRST 1 ROW ONLY'
    })
    const read = Number(logged['rowsread'])
    const written = Number(logged['rowsinserted']) + Number(logged['rowsupdated'])
    if (read !== rows || written !== changed)
      throw new Error(`A ${mode} load read ${read} rows and wrote ${written}, not ${rows} and ${changed}`)
    return { work, logged }
  }

  /** Removes what was loaded, so that the next load begins with an empty ODS. */
  async emptyOds(): Promise<void> {
    await this.#ods.query('empty the ODS', { text: `DROP TABLE ods.${tableName}` })
  }

  async remove(): Promise<void> {
    await this.#ods.close()
    await this.#erp.end()
    for (const name of Object.values(this.#databases))
      await this.#server.query(`DROP DATABASE "${name}" WITH (FORCE)`)
    await this.#server.end()
    const progress = await LogProgress.open(this.env)
    await progress.deleteTopics()
    await progress.close()
  }
}
