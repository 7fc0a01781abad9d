import type { Spec, Writer } from '../../runtime/pipeline.ts'
import { repeatWindow } from '../../runtime/loop/repeat-window.ts'
import type { Table } from '../../schemas/table.ts'
import { checkObjectStore, objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { Compactor } from './compactor.ts'
import { lakeConnection } from './duckdb.ts'
import { FileChain } from './file-chain.ts'
import { GatheringWriter } from './gathering-writer.ts'
import { graceMs, keptRows, lakeBatching, silverSettings } from './lake-settings.ts'
import { silverWriterOpened } from './open-writers.ts'
import { ParquetEncoder } from './parquet-encoder.ts'
import {
  type CleanChange,
  type CleanItem,
  type SilverRow,
  silverColumns,
  silverRow
} from './silver-columns.ts'
import { readCompacted } from './silver-files.ts'
import { ensureSilverSchema } from './silver-schema.ts'
import { FolderLedger } from './folder-ledger.ts'
import { historyOf } from './history.ts'

/**
 * Silver: every clean change, typed, in Parquet. Parts `silver/<table>/<ds>/<table>-p<partition>-<link>.parquet` as
 * rows arrive, compacted into `silver/<table>/<ds>/<table>.parquet`; `silverFiles` says which of them to read. As in
 * Bronze, ds is a day, or a month of history.
 */
export function silverSink(table: Table): Spec<Writer<CleanChange, CleanItem>> {
  return {
    describe: `Parquet files silver/${table.name}/<day or month>/`,
    settings: silverSettings,
    batching: lakeBatching,
    repeatWindow,
    check: ({ settings }) => checkObjectStore(settings),
    async open(context) {
      const { settings } = context
      const store = await objectStoreFor(settings)
      const schema = await ensureSilverSchema(store, table)
      const encoder = await ParquetEncoder.open(table, settings)
      const connection = await lakeConnection(settings)
      const compactor = new Compactor({ store, table, schema, connection, context })
      const folder = `silver/${table.name}`
      const isHistory = await historyOf(store, folder, context.now())
      const chain = new FileChain<SilverRow['value']>(
        {
          store,
          folder,
          table: table.name,
          extension: 'parquet',
          contentType: 'application/vnd.apache.parquet',
          encoderOf: (rows) => encoder.stage(rows),
          contained: async (ds) => (await readCompacted(store, table.name, ds))?.offsets ?? new Map(),
          trustMs: settings.number(graceMs) / 2
        },
        context
      )
      const columns = silverColumns(table)
      const writer = new GatheringWriter({
        chain,
        ledger: new FolderLedger(store, folder, { onAssignment: () => chain.forget() }),
        rowOf: (item: CleanItem) => {
          const row = silverRow(table, columns, item)
          return isHistory(item) ? { ...row, isHistory: true } : row
        },
        maxItems: lakeBatching(settings).maxItems,
        keptRows: settings.number(keptRows)
      })
      compactor.start()
      const closed = silverWriterOpened()
      return {
        topics: writer.topics,
        stored: writer.stored,
        write: (items, options) => writer.write(items, options),
        async close() {
          await writer.close()
          closed()
          await compactor.close()
          connection.closeSync()
          await encoder.close()
        }
      }
    }
  }
}
