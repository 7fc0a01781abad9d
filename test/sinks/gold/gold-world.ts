import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { LogItem, Writer } from '../../../runtime/pipeline.ts'
import type { Change } from '../../../schemas/change.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { goldSink } from '../../../sinks/gold/gold-sink.ts'
import type { ChangeItem } from '../../../sinks/gold/state/kept-table.ts'
import { keptTables } from '../../../sinks/gold/state/kept-tables.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { goldRows } from './gold-bench.ts'
import type { GoldRows } from './oracle.ts'

const signal = () => AbortSignal.timeout(60_000)

/** A lake, Gold and analytics.duckdb in a folder of their own, with the real sinks in front of them. */
export class GoldWorld {
  readonly folder: string
  readonly analytics: string
  readonly context: TestContext

  constructor({ folder = mkdtempSync(join(tmpdir(), 'courant-gold-world-')) } = {}) {
    this.folder = folder
    this.analytics = join(folder, 'analytics.duckdb')
    this.context = testContext({
      COURANT_GOLD_DIR: join(this.folder, 'gold'),
      COURANT_ANALYTICS_PATH: this.analytics,
      COURANT_LAKE_URL: join(this.folder, 'lake'),
      COURANT_LAKE_COMPACT_MS: '0',
      COURANT_GOLD_PUBLISH_MS: '50',
      COURANT_GOLD_SILVER_MS: '50'
    })
  }

  /** Writes the items of each table to Silver. */
  async writeSilver(items: readonly ChangeItem[]): Promise<void> {
    for (const { table } of keptTables) {
      const own = items.filter(({ topic }) => topic === topicsOf(table).clean.name)
      const sink = await silverSink(table).open(this.context)
      if (own.length > 0) await sink.write(own, { signal: signal() })
      await sink.close()
    }
  }

  open(): Promise<Writer<Change<unknown>, LogItem<Change<unknown>>>> {
    return goldSink().open(this.context)
  }

  /** Gives the items to Gold and waits until it has published and stopped. */
  async writeGold(items: readonly ChangeItem[]): Promise<void> {
    const sink = await this.open()
    await sink.write(items, { signal: signal() })
    await sink.close()
  }

  /** What analysts see. */
  async published(): Promise<GoldRows> {
    return this.analyse((connection) => goldRows(connection, ''))
  }

  /** How many rows a table or view has for an analyst. */
  async count(table: string): Promise<number> {
    const sql = `SELECT count(*) FROM ${table}`
    return this.analyse(async (connection) =>
      Number((await connection.runAndReadAll(sql)).getRowsJson()[0]?.[0])
    )
  }

  /** Opens analytics.duckdb as an analyst does. */
  async analyse<T>(
    action: (connection: Awaited<ReturnType<DuckDBInstance['connect']>>) => Promise<T>
  ): Promise<T> {
    const instance = await DuckDBInstance.create(this.analytics, { access_mode: 'READ_ONLY' })
    const connection = await instance.connect()
    try {
      return await action(connection)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
