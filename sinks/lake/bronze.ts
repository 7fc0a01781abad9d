import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import { repeatWindow } from '../../runtime/loop/repeat-window.ts'
import type { Micros, RawChange } from '../../schemas/change.ts'
import { type Table, sourceColumns } from '../../schemas/table.ts'
import { checkObjectStore, objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { csvRecord } from './csv.ts'
import { type ChainRow, FileChain, plainEncoder } from './file-chain.ts'
import { GatheringWriter } from './gathering-writer.ts'
import { bronzeBatching, graceMs, keptRows, lakeSettings } from './lake-settings.ts'
import { FolderLedger } from './folder-ledger.ts'
import { historyOf, type IsHistory } from './history.ts'

/** Columns after the source's own. */
const technicalColumns = ['_op', '_changed_at', '_partition', '_offset']

/**
 * Bronze: changes exactly as extracted, `bronze/<table>/<ds>/<table>-p<partition>-<link>.csv` (RFC 4180), where ds is
 * the UTC day the change happened, or the month of what was seen long after that, and <table> the table's name in
 * schemas/tables.ts.
 */
export function bronzeSink(table: Table): Spec<Writer<RawChange, LogItem<RawChange>>> {
  return {
    describe: `CSV files bronze/${table.name}/<day or month>/`,
    settings: lakeSettings,
    batching: bronzeBatching,
    repeatWindow,
    check: ({ settings }) => checkObjectStore(settings),
    async open(context) {
      const { settings } = context
      const columns = sourceColumns(table).map(({ name }) => name)
      const header = csvRecord([...columns, ...technicalColumns])
      const encoder = plainEncoder<string>((rows) => [header, ...rows.map(({ value }) => value)].join(''))
      const store = await objectStoreFor(settings)
      const folder = `bronze/${table.name}`
      const isHistory = await historyOf(store, folder, context.now())
      const chain = new FileChain<string>(
        {
          store,
          folder,
          table: table.name,
          extension: 'csv',
          contentType: 'text/csv; charset=utf-8; header=present',
          encoderOf: async () => encoder,
          trustMs: settings.number(graceMs) / 2
        },
        context
      )
      return new GatheringWriter({
        chain,
        ledger: new FolderLedger(store, folder, { onAssignment: () => chain.forget() }),
        rowOf: (item: LogItem<RawChange>) => recordOf(columns, isHistory, item),
        maxItems: bronzeBatching(settings).maxItems,
        keptRows: settings.number(keptRows)
      })
    }
  }
}

/** A change as its line: of all that may be kept back, it takes the least memory. */
function recordOf(
  columns: readonly string[],
  isHistory: IsHistory,
  item: LogItem<RawChange>
): ChainRow<string> {
  const { id, at, value, partition, offset } = item
  // A delete has only its key columns, in `before`.
  const row = value.after ?? value.before
  const cells: (string | null)[] = columns.map((name) => row?.[name] ?? null)
  cells.push(value.op, isoMicros(value.source.ts_us), String(partition), String(offset))
  return { id, at, isHistory: isHistory(item), partition, offset, value: csvRecord(cells) }
}

/** Such as 2026-11-22T10:00:00.123456Z. */
function isoMicros(micros: Micros): string {
  const ms = Math.floor(micros / 1000)
  const rest = micros - ms * 1000
  return `${new Date(ms).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
