import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { postgresReader } from '../../../producers/postgres/postgres-reader.ts'
import type { Environment } from '../../../runtime/settings.ts'
import type { AvroField, Table } from '../../../schemas/table.ts'
import { eventually } from '../../support/eventually.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

/** How a test's table is made: its DDL without the name, and what the .avsc file would say. */
export interface TableShape {
  readonly ddl: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
  readonly cursor: string | null
}

/** A database of its own on the shared server, dropped at the end. */
export class SourceDatabase {
  readonly env: Readonly<Record<string, string>>
  readonly client: Client
  readonly #folder = mkdtempSync(join(tmpdir(), 'courant-postgres-'))
  readonly #sessions: Client[] = []

  private constructor(database: string) {
    this.env = {
      ...sharedStack('postgres'),
      PGDATABASE: database,
      COURANT_POSTGRES_POLL_MS: '20',
      COURANT_POSTGRES_COMPARE_MS: '50'
    }
    this.client = this.#newClient()
  }

  static async create(options = ''): Promise<SourceDatabase> {
    const database = unique('producer')
    await asAdmin(`CREATE DATABASE "${database}" ${options}`)
    const source = new SourceDatabase(database)
    await source.client.connect()
    return source
  }

  /** Another session, for transactions of its own. */
  async session(): Promise<Client> {
    const client = this.#newClient()
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  /** Settings with a state folder of its own. */
  stateEnv(changes: Environment = {}): Environment {
    return { ...this.env, COURANT_STATE_DIR: join(this.#folder, unique('state')), ...changes }
  }

  /** A table of a shape, indexed by its cursor, and its reader. */
  async table(shape: TableShape, name = unique('table')) {
    const { ddl, cursor } = shape
    await this.client.query(`CREATE TABLE "${name}" ${ddl}`)
    if (cursor) await this.client.query(`CREATE INDEX ON "${name}" ("${cursor}")`)
    return {
      name,
      spec: postgresReader(tableOf(name, shape)),
      drop: () => this.client.query(`DROP TABLE "${name}"`)
    }
  }

  /** Ends the readers' connections to this database; other tests' readers carry the same name in theirs. */
  async cutReaders(): Promise<void> {
    const theirs = `application_name = 'courant test' AND datname = current_database()`
    await this.client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${theirs}`)
  }

  // A database with a slot cannot be dropped, nor a slot that a connection still ends; the server has few of them.
  async dropSlots(): Promise<void> {
    const query =
      'SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots WHERE database = current_database()'
    await eventually(() => this.client.query(query), { what: 'dropping the slots' })
  }

  async drop(): Promise<void> {
    await this.dropSlots()
    await Promise.all([this.client, ...this.#sessions].map((client) => client.end()))
    await asAdmin(`DROP DATABASE "${this.env['PGDATABASE']}" WITH (FORCE)`)
    rmSync(this.#folder, { recursive: true })
  }

  #newClient(): Client {
    const {
      PGHOST: host = '',
      PGPORT: port,
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database
    } = this.env
    const client = new Client({ host, port: Number(port), user, password, database })
    this.#sessions.push(client)
    return client
  }
}

/** A table as an .avsc file would describe it. */
export function tableOf(name: string, { columns, key, cursor }: Omit<TableShape, 'ddl'>): Table {
  const fields: AvroField[] = columns.map((column) => ({ name: column, type: ['null', 'string'] }))
  return {
    domain: 'test',
    name,
    source: 'postgres',
    sourceTable: name,
    key,
    cursor,
    columns: columns.map((column) => ({ name: column, type: { kind: 'string' }, nullable: true, pii: null })),
    avro: {
      type: 'record',
      name: 'Test',
      namespace: 'courant.test',
      doc: 'A table of a test.',
      courant: { source: 'postgres', table: name, key, cursor },
      fields
    }
  }
}
