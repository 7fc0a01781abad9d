import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { duckdb } from '../../runtime/process/packages.ts'
import { keepsNothing } from '../lake/duckdb.ts'
import { appendRows } from '../warehouse/append-rows.ts'
import { type InputType, inputs } from './inputs.ts'
import { createModelViews } from './models.ts'
import type { Rate } from './rates.ts'

/** Rows of an input, each with its columns in order. */
export type InputRows = readonly (readonly DuckDBValue[])[]

/**
 * A DuckDB in memory that runs the models over rows given to it. Numbers are handed over as doubles, which hold every
 * instant and version exactly and are cheapest; the inputs' views give them their types.
 */
export class ModelEngine {
  readonly connection: DuckDBConnection
  readonly #instance: DuckDBInstance
  readonly #others: DuckDBConnection[] = []

  static async open(folder: string, rates: readonly Rate[]): Promise<ModelEngine> {
    const instance = await openDuckDb(folder)
    const engine = new ModelEngine(instance, await instance.connect())
    const { connection } = engine
    await connection.run(`SET TimeZone = 'UTC'`)
    await connection.run('CREATE TABLE targets (user_id UUID, date DATE, part VARCHAR)')
    for (const { name, columns } of inputs) {
      const types = Object.entries(columns)
      const staged = types.map(([column, type]) => `${column} ${isNumber(type) ? 'DOUBLE' : 'VARCHAR'}`)
      const typed = types.map(([column, type]) => `CAST(${column} AS ${type}) AS ${column}`)
      await connection.run(`CREATE TABLE staged_${name} (${staged.join(', ')})`)
      await connection.run(`CREATE VIEW ${name} AS SELECT ${typed.join(', ')} FROM staged_${name}`)
    }
    await connection.run(ratesView(rates))
    await createModelViews(connection)
    return engine
  }

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.connection = connection
  }

  /** A connection for what may go on beside the models. */
  async another(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect()
    this.#others.push(connection)
    return connection
  }

  /** Replaces the rows of an input. */
  async load(name: string, rows: InputRows): Promise<void> {
    const types = Object.values(inputs.find((input) => input.name === name)?.columns ?? {})
    await this.connection.run(`TRUNCATE staged_${name}`)
    const staged = types.map((type) => (isNumber(type) ? duckdb.DOUBLE : duckdb.VARCHAR))
    await appendRows(this.connection, { table: `staged_${name}`, types: staged }, rows)
  }

  /** Gives the memory back of rows that were replaced: until its next checkpoint DuckDB keeps what a table in memory held. */
  async forget(): Promise<void> {
    await this.connection.run('CHECKPOINT memory')
  }

  close(): void {
    for (const connection of [...this.#others, this.connection]) connection.closeSync()
    this.#instance.closeSync()
  }
}

/** A DuckDB in memory for Gold's work, which spills to its folder rather than take more memory. */
export function openDuckDb(folder: string): Promise<DuckDBInstance> {
  return duckdb.DuckDBInstance.create(':memory:', {
    threads: String(Math.min(2, availableParallelism())),
    memory_limit: '128MB',
    temp_directory: join(folder, 'spill'),
    preserve_insertion_order: 'false',
    ...keepsNothing,
    autoinstall_known_extensions: 'false'
  })
}

/** The rates as the input `in_rates`. */
export function ratesView(rates: readonly Rate[]): string {
  const rows = rates.map(
    ({ currency, rate, validFrom, validTo }) =>
      `('${currency}', CAST('${rate}' AS DECIMAL(18,8)), CAST(${validFrom} AS BIGINT), CAST(${validTo} AS BIGINT))`
  )
  return `CREATE OR REPLACE TEMP VIEW in_rates AS
    SELECT * FROM (VALUES ${rows.join(', ')}) rates (currency, rate, valid_from, valid_to)`
}

// Booleans come from SQLite as 0 and 1.
const isNumber = (type: InputType): boolean => type === 'BIGINT' || type === 'BOOLEAN'
