import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { createGoldTables } from '../../../sinks/gold/gold-tables.ts'
import { ModelEngine } from '../../../sinks/gold/model-engine.ts'
import type { Rate } from '../../../sinks/gold/rates.ts'
import { refresh } from '../../../sinks/gold/refresh.ts'
import { GoldState } from '../../../sinks/gold/state/gold-state.ts'
import { withAttached } from '../../../sinks/warehouse/attached-database.ts'
import type { GoldRows } from './oracle.ts'

/** Gold in a folder of its own, driven by hand: keep changes, compute, look, be killed. */
export class GoldBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'courant-gold-'))
  readonly engine: ModelEngine
  state: GoldState

  static async open(rates: readonly Rate[]): Promise<GoldBench> {
    const folder = mkdtempSync(join(tmpdir(), 'courant-gold-engine-'))
    return new GoldBench(await ModelEngine.open(folder, rates))
  }

  private constructor(engine: ModelEngine) {
    this.engine = engine
    this.state = GoldState.open(this.folder)
  }

  /** Opens the state anew, as after a stop. */
  reopen(): void {
    this.state.close()
    this.state = GoldState.open(this.folder)
  }

  /** Computes every touched day, into gold.duckdb. */
  compute(): Promise<void> {
    return this.attached(async () => {
      await createGoldTables(this.engine.connection)
      await refresh(this.state, this.engine, { maxMs: 60_000 })
    })
  }

  attached<T>(action: () => Promise<T>): Promise<T> {
    const { connection } = this.engine
    return withAttached(connection, { file: join(this.folder, 'gold.duckdb'), name: 'gold' }, action)
  }

  rows(): Promise<GoldRows> {
    return this.attached(() => goldRows(this.engine.connection, 'gold.main.'))
  }

  close(): void {
    this.state.close()
    this.engine.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The Gold tables as the oracle prints them. */
export async function goldRows(connection: DuckDBConnection, prefix: string): Promise<GoldRows> {
  const lines = async (sql: string) =>
    (await connection.runAndReadAll(sql))
      .getRowsJson()
      .map((row) => row.map(textOf).join('|'))
      .sort()
  return {
    global_user_activity_per_day: await lines(`SELECT * FROM ${prefix}global_user_activity_per_day`),
    global_notif_impact_per_day: await lines(`SELECT * FROM ${prefix}global_notif_impact_per_day`),
    gold_set_aside: await lines(`SELECT user_id, date, purchase_id, currency FROM ${prefix}gold_set_aside`)
  }
}

// The oracle joins its rows, and joins null as nothing.
const textOf = (value: unknown): string => (value === null ? '' : String(value as string | number | boolean))
