import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { createGoldTables } from '../../../sinks/gold/gold-tables.ts'
import { ModelEngine } from '../../../sinks/gold/model-engine.ts'
import { goldTables } from '../../../sinks/gold/models.ts'
import type { Rate } from '../../../sinks/gold/rates.ts'
import { refresh } from '../../../sinks/gold/refresh.ts'
import { GoldState } from '../../../sinks/gold/state/gold-state.ts'
import { withAttached } from '../../../sinks/warehouse/attached-database.ts'
import type { GoldRows } from './oracle.ts'

/** An engine for many tests one after the other: it remembers nothing. */
export function openEngine(rates: readonly Rate[]): Promise<ModelEngine> {
  return ModelEngine.open(mkdtempSync(join(tmpdir(), 'courant-gold-engine-')), rates)
}

/** Gold in a folder of its own, driven by hand: keep changes, compute, look, be killed. */
export class GoldBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'courant-gold-'))
  readonly engine: ModelEngine
  state: GoldState

  constructor(engine: ModelEngine) {
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
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The Gold tables as the oracle prints them: columns joined by bars, null as nothing. */
export async function goldRows(connection: DuckDBConnection, prefix: string): Promise<GoldRows> {
  const lines = async (table: string, columns: readonly string[]) => {
    const texts = columns.map((column) => `coalesce(${column}::VARCHAR, '')`)
    const sql = `SELECT ${texts.join(` || '|' || `)} AS line FROM ${prefix}${table}`
    return (await connection.runAndReadAll(sql)).getColumnsObjectJS()['line'] as string[]
  }
  const [activity, impact] = [goldTables[0], goldTables[2]].map((table) => Object.keys(table?.columns ?? {}))
  return {
    global_user_activity_per_day: (await lines('global_user_activity_per_day', activity ?? [])).sort(),
    global_notif_impact_per_day: (await lines('global_notif_impact_per_day', impact ?? [])).sort(),
    gold_set_aside: (await lines('gold_set_aside', ['user_id', 'date', 'purchase_id', 'currency'])).sort()
  }
}
