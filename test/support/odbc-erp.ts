import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { createErp, createErpTable, createErpView } from '../../local/sample/erp/create-erp.ts'
import type { ErpColumn } from '../../local/sample/erp/erp-columns.ts'
import { erpConnectionString } from '../../local/sample/erp/erp-connection.ts'
import { loadOdbc } from '../../producers/progress/odbc.ts'
import { progressReader } from '../../producers/progress/progress-producer.ts'
import type { RunReaderOptions } from '../../producers/progress/run-reader.ts'
import type { Item, Reader } from '../../runtime/pipeline.ts'
import { type ConfigRow, parseEtlTable } from '../../schemas/erp/metadata.ts'
import type { RunEnvelope, RunMarker } from '../../schemas/erp/run-envelope.ts'
import { testContext, type TestContext } from './context.ts'
import { asAdmin } from './postgres-admin.ts'
import { sharedStack } from './stack.ts'
import { unique } from './unique.ts'

/** Why tests over ODBC are skipped here; false where the module and PostgreSQL's driver are installed. */
export const withoutOdbc: string | false = await missingPart()

async function missingPart(): Promise<string | false> {
  try {
    await loadOdbc()
    const drivers = readFileSync('/etc/odbcinst.ini', 'utf8')
    return drivers.includes('[PostgreSQL ANSI]') ? false : 'psqlodbc is not installed (odbc-postgresql)'
  } catch {
    return 'npm odbc or unixODBC is not installed'
  }
}

export type RunReading = Reader<RunEnvelope>

/** What a run gave, as a sink would have it. */
export interface RunRead {
  readonly start: RunMarker
  readonly end: RunMarker
  readonly items: readonly Item<RunEnvelope>[]
  readonly rows: readonly Readonly<Record<string, string | null>>[]
}

/** A database of its own that looks like OpenEdge, with readers of its tables. */
export class OdbcErp {
  readonly client: Client
  readonly #database: string
  readonly #server: ReturnType<typeof serverOf>
  readonly #folder = mkdtempSync(join(tmpdir(), 'courant-progress-'))
  readonly #opened: RunReading[] = []

  private constructor(database: string) {
    this.#database = database
    this.#server = serverOf(database)
    this.client = new Client({ database })
    this.client.on('error', () => undefined)
  }

  static async create(): Promise<OdbcErp> {
    const erp = new OdbcErp(unique('erp'))
    await asAdmin(`CREATE DATABASE "${erp.#database}"`)
    await erp.client.connect()
    await createErp(erp.client)
    return erp
  }

  /** A table of these columns with rows 1..`rows`. */
  async table(name: string, columns: readonly ErpColumn[], { key = ['id'], rows = 0 } = {}): Promise<void> {
    await createErpTable(this.client, name, { columns, key })
    const values = columns.map((column) => column.value).join(', ')
    await this.client.query(
      `INSERT INTO erp_data."${name}" SELECT ${values} FROM generate_series(1::bigint, ${rows}) g`
    )
  }

  view(name: string, columns: readonly ErpColumn[]): Promise<void> {
    return createErpView(this.client, name, columns)
  }

  get connectionString(): string {
    return erpConnectionString(this.#server)
  }

  /** Settings whose state lies in a folder by this name. */
  context(state = unique('state'), env: Record<string, string> = {}): TestContext {
    return testContext({
      COURANT_PROGRESS_ODBC: this.connectionString,
      COURANT_PROGRESS_POLL_MS: '20',
      COURANT_STATE_DIR: join(this.#folder, state),
      ...env
    })
  }

  async open(
    config: ConfigRow,
    options: Partial<RunReaderOptions> = {},
    context = this.context()
  ): Promise<RunReading> {
    const table = parseEtlTable({ PrimaryKeyCols: 'id', ...config })
    const spec = progressReader({ table, columns: [], mode: 'full', lastSuccessAt: null, ...options })
    const reader = await spec.open(context)
    this.#opened.push(reader)
    return reader
  }

  /** The next run of a table, read by a reader of its own. */
  async run(config: ConfigRow, options: Partial<RunReaderOptions> = {}, context = this.context()) {
    const reader = await this.open(config, options, context)
    const run = await nextRun(reader)
    await this.close(reader)
    return run
  }

  async close(reader: RunReading): Promise<void> {
    this.#opened.splice(this.#opened.indexOf(reader), 1)
    await reader.close()
  }

  async drop(): Promise<void> {
    for (const reader of this.#opened) await reader.close()
    await this.client.end()
    await asAdmin(`DROP DATABASE "${this.#database}" WITH (FORCE)`)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Reads as the runner does, until the end marker of a run; a start marker drops what came before it. */
export async function nextRun(reader: RunReading, limit = 100): Promise<RunRead> {
  const signal = AbortSignal.timeout(30_000)
  let items: Item<RunEnvelope>[] = []
  let start: RunMarker | undefined
  for (;;) {
    const batch = await reader.read({ limit, lingerMs: 0, signal })
    await reader.commit(batch)
    for (const item of batch.items) {
      const { marker } = item.value
      if (marker?.kind === 'start') [start, items] = [marker, []]
      else if (marker && start) return { start, end: marker, items, rows: items.flatMap(rowOf) }
      else items.push(item)
    }
  }
}

const rowOf = ({ value }: Item<RunEnvelope>) => (value.after ? [value.after] : [])

function serverOf(database: string) {
  const { PGHOST = '', PGPORT = '', PGUSER = '', PGPASSWORD = '' } = sharedStack('postgres')
  return { host: PGHOST, port: PGPORT, user: PGUSER, password: PGPASSWORD, database }
}
