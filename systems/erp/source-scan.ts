import type { OdbcConnection } from '../../producers/progress/odbc-connection.ts'
import { planRun, type RunPlan } from '../../producers/progress/run-plan.ts'
import { TableScan, type TextRow } from '../../producers/progress/table-scan.ts'
import type { Log } from '../../runtime/pipeline.ts'
import { retryTransient } from '../../runtime/retry.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { EtlColumn, EtlTable } from '../../schemas/erp/metadata.ts'

const rowsPerPage = 1_000

export interface ScannedTable {
  readonly table: EtlTable
  readonly columns: readonly EtlColumn[]
}

export interface ScanTools {
  readonly connection: OdbcConnection
  readonly settings: Settings
  readonly log: Log
  readonly signal: AbortSignal
}

/** A table of the source, read whole as a full run reads it, but into no topic. */
export interface SourceScan {
  readonly plan: RunPlan
  /** Rows in the order of the key, as texts in the order of `plan.selection.columns`. */
  readonly pages: AsyncIterable<readonly TextRow[]>
}

/** Looks at a table as a full run does, with the same refusals, and gives its rows. */
export async function scanSource(scanned: ScannedTable, tools: ScanTools): Promise<SourceScan> {
  const { connection, settings } = tools
  const plan = await planRun(connection, settings, { ...scanned, mode: 'full', lastSuccessAt: null })
  return { plan, pages: pagesOf(plan, scanned.table, tools) }
}

async function* pagesOf(
  plan: RunPlan,
  { tableName }: EtlTable,
  { connection, log, signal }: ScanTools
): AsyncGenerator<readonly TextRow[]> {
  const scan = new TableScan({ ...plan, connection, log, table: `${connection.schema}.${tableName}` })
  try {
    while (!scan.isDone && !signal.aborted)
      yield await retryTransient(() => scan.page(rowsPerPage), { signal })
  } finally {
    await scan.close()
  }
}
