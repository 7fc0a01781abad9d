import { mayDelete } from '../../../runtime/files/delete-guard.ts'
import { MetricsRegistry } from '../../../runtime/observability.ts'
import { contextFor } from '../../../runtime/loop/run-all.ts'
import type { EtlTable } from '../../../schemas/erp/metadata.ts'
import { CachedRun } from '../../../sinks/ods/cache/cached-run.ts'
import { type MergeResult, mergeRun } from '../../../sinks/ods/merge-run.ts'
import { odsTable } from '../../../sinks/ods/ods-table.ts'
import { logRun, type RunEntry } from '../../../sinks/ods/run-log.ts'
import { odsSettings } from '../../../sinks/ods/settings.ts'
import type { EtlSession } from '../etl-session.ts'
import { type LoadReport, reportOf } from './load-report.ts'
import { lockTable } from './load-table.ts'

/** The run of a table that lies in the cache; CONFIG_INVALID names those that do when it does not. */
export const openCached = (
  { settings }: EtlSession,
  { tableName }: EtlTable,
  runId: string
): Promise<CachedRun> =>
  CachedRun.open(settings.text(odsSettings.cacheDir), {
    table: tableName.toLowerCase(),
    runId,
    memoryMb: settings.number(odsSettings.duckdbMb)
  })

/** Merges a cached run once more, without the source and Kafka. What a newer run has written since stays. */
export async function loadCached(session: EtlSession, table: EtlTable, run: CachedRun): Promise<LoadReport> {
  const { ods } = session
  const release = lockTable(session, table)
  const startedAt = new Date()
  const { marker } = run.facts
  let entry: RunEntry | null = null
  try {
    await mergeRun(ods, {
      table: odsTable(table.destinationTable, marker, ods.dialect.limits),
      run,
      mayDelete: (found) =>
        mayDelete(guardContext(session, table), {
          ...found,
          allowed: odsSettings.deletesAllowed
        }),
      alsoCommit: async (transaction, result) => {
        entry = entryOf(run, { table, startedAt, result })
        await logRun(transaction, entry)
      }
    })
  } finally {
    release()
  }
  if (!entry) throw new Error('a merge ended without its log')
  return reportOf(entry, null, Date.now() - startedAt.getTime())
}

/** Deletes are confirmed under the name of the table's sink. */
const guardContext = ({ env, logger }: EtlSession, { tableName }: EtlTable) =>
  contextFor(`ods.${tableName.toLowerCase()}`, { env, logger, metrics: new MetricsRegistry() })

function entryOf(
  { facts: { marker, rows } }: CachedRun,
  { table, startedAt, result }: { table: EtlTable; startedAt: Date; result: MergeResult }
): RunEntry {
  return {
    runId: marker.run_id,
    tableName: table.tableName,
    mode: marker.mode,
    status: 'succeeded',
    startedAt,
    finishedAt: new Date(),
    loadMs: result.loadMs,
    mergeMs: result.mergeMs,
    rowsRead: rows,
    rowsInserted: result.inserted,
    rowsUpdated: result.updated,
    rowsDeleted: result.deleted,
    rowsUnchanged: result.unchanged,
    deletesRefused: result.deletesRefused,
    windowFrom: marker.window_from,
    windowTo: marker.window_to,
    runVersion: marker.run_version
  }
}
