import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import type { Micros, RawChange } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { type Content, bytesContent } from '../../runtime/object-store/content.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { csvRecord } from './csv.ts'
import { FileChain } from './file-chain.ts'
import { bronzeBatching, graceMs, lakeRepeatWindow, lakeSettings } from './lake-settings.ts'

/** Columns after the source's own. */
const technicalColumns = ['_op', '_changed_at', '_partition', '_offset']

/**
 * Bronze: changes exactly as extracted, `bronze/<table>/<ds>/<table>-p<partition>-<link>.csv` (RFC 4180), where ds is
 * the UTC day the change happened and <table> the table's name in schemas/tables.ts.
 */
export function bronzeSink(table: Table): Spec<Writer<RawChange, LogItem<RawChange>>> {
  return {
    describe: `CSV files bronze/${table.name}/<day>/`,
    settings: lakeSettings,
    batching: bronzeBatching,
    repeatWindow: lakeRepeatWindow,
    async open(context) {
      const chain = new FileChain<RawChange>(
        {
          store: await objectStoreFor(context.settings),
          folder: `bronze/${table.name}`,
          table: table.name,
          extension: 'csv',
          contentType: 'text/csv; charset=utf-8; header=present',
          encode: async (rows) => csvOf(table, rows),
          trustMs: context.settings.number(graceMs) / 2
        },
        context
      )
      return {
        write: (items, { signal }) => chain.append(items, signal),
        close: async () => undefined
      }
    }
  }
}

function csvOf(table: Table, rows: readonly LogItem<RawChange>[]): Content {
  const columns = table.columns.map(({ name }) => name)
  const records = [csvRecord([...columns, ...technicalColumns])]
  for (const { value, partition, offset } of rows) {
    // A delete has only its key columns, in `before`.
    const row = value.after ?? value.before
    const cells: (string | null)[] = columns.map((column) => row?.[column] ?? null)
    cells.push(value.op, isoMicros(value.source.ts_us), String(partition), String(offset))
    records.push(csvRecord(cells))
  }
  return bytesContent(records.join(''))
}

/** Such as 2026-11-22T10:00:00.123456Z. */
function isoMicros(micros: Micros): string {
  const ms = Math.floor(micros / 1000)
  const rest = micros - ms * 1000
  return `${new Date(ms).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}
