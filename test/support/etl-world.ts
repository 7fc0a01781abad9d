import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErpColumn } from '../../local/sample/erp/erp-columns.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { type ConfigRow, parseEtlTable } from '../../schemas/erp/metadata.ts'
import { addEtlTable } from '../../sinks/ods/metadata.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import type { OdsDatabase, ResultRow } from '../../sinks/ods/ods-database.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { deleteTopics } from './delete-topics.ts'
import { OdbcErp } from './odbc-erp.ts'
import { asAdmin } from './postgres-admin.ts'
import { type Ended, runCourant } from './run-courant.ts'
import { sharedStack } from './stack.ts'
import { unique } from './unique.ts'

/** An ERP, an ODS, a topic prefix and folders of their own, and `courant etl` on them. */
export class EtlWorld {
  readonly erp: OdbcErp
  readonly ods: OdsDatabase
  readonly env: Readonly<Record<string, string>>
  readonly folder: string

  private constructor(erp: OdbcErp, env: Readonly<Record<string, string>>, folder: string) {
    this.erp = erp
    this.env = env
    this.folder = folder
    this.ods = openOds(settingsFrom(env))
  }

  static async create(): Promise<EtlWorld> {
    const servers = sharedStack('kafka', 'registry', 'postgres')
    const folder = mkdtempSync(join(tmpdir(), 'courant-etl-'))
    chmodSync(folder, 0o755)
    const erp = await OdbcErp.create()
    const { PGHOST, PGPORT, PGUSER = '', PGPASSWORD = '' } = servers
    const login = `${encodeURIComponent(PGUSER)}:${encodeURIComponent(PGPASSWORD)}`
    const world = new EtlWorld(
      erp,
      {
        ...servers,
        COURANT_PROGRESS_ODBC: erp.connectionString,
        COURANT_ODS_URL: `postgres://${login}@${PGHOST}:${PGPORT}/${unique('ods')}`,
        COURANT_TOPIC_PREFIX: `${unique('etl')}.`,
        COURANT_DATA_DIR: folder,
        COURANT_STATE_DIR: join(folder, 'state'),
        COURANT_ODS_CACHE_DIR: join(folder, 'cache'),
        COURANT_ETL_REPORTS_DIR: join(folder, 'reports'),
        COURANT_ETL_PATIENCE_MS: '3000',
        COURANT_PROGRESS_CONNECT_TIMEOUT_S: '2',
        COURANT_LOG_LEVEL: 'error'
      },
      folder
    )
    await migrate(world.ods)
    return world
  }

  /** A table at the source, with its row in config.ETL_Tables. */
  async table(name: string, columns: readonly ErpColumn[], options: TableOptions = {}): Promise<void> {
    const { config = {}, key = ['id'], rows = 0 } = options
    await this.erp.table(name, columns, { key, rows })
    await this.configure({ TableName: name, PrimaryKeyCols: key.join(','), ...config })
  }

  configure(row: ConfigRow): Promise<void> {
    return addEtlTable(this.ods, parseEtlTable(row))
  }

  etl(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return runCourant(['etl', ...args], { env: { ...this.env, ...env } })
  }

  /** Loads a table and gives the command's answer. */
  async load(table: string, mode = 'full', env: Readonly<Record<string, string>> = {}) {
    const { code, out, err } = await this.etl(['load', table, mode, '--output', 'json'], env)
    return { code, err, report: out === '' ? null : JSON.parse(out) }
  }

  rows(text: string): Promise<readonly ResultRow[]> {
    return this.ods.query('look', { text })
  }

  /** The newest run of a table in etl.ETL_Log. */
  async lastRun(table: string): Promise<ResultRow | undefined> {
    const [row] = await this.ods.query('look', {
      text: 'SELECT * FROM etl.vw_LastRuns WHERE TableName = @table',
      values: { table }
    })
    return row
  }

  async drop(): Promise<void> {
    const url = new URL(this.env['COURANT_ODS_URL'] ?? '')
    await this.ods.close()
    await this.erp.drop()
    await deleteTopics(settingsFrom(this.env))
    await asAdmin(`DROP DATABASE IF EXISTS "${url.pathname.slice(1)}" WITH (FORCE)`)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface TableOptions {
  readonly config?: ConfigRow
  readonly key?: string[]
  readonly rows?: number
}
