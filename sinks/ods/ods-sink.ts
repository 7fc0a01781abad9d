import { join } from 'node:path'
import { rm, readdir } from 'node:fs/promises'
import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import { repeatWindow } from '../../runtime/loop/repeat-window.ts'
import { isAbsent } from '../../runtime/files/durable-files.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'
import type { RunEnvelope } from '../../schemas/erp/run-envelope.ts'
import { tableFolder } from './cache/cached-run.ts'
import { checkOds } from './check-ods.ts'
import { openOds } from './open-ods.ts'
import { OdsWriter } from './ods-writer.ts'
import { tableName } from './ods-table.ts'
import { RunMerger, type RunOutcome } from './run-merger.ts'
import { odsSettings, odsSinkSettings } from './settings.ts'

export interface OdsSinkOptions {
  readonly table: Pick<EtlTable, 'tableName' | 'destinationTable'>
  /** Told of each run once it is merged or given up. */
  readonly onRun?: (outcome: RunOutcome) => void
  /** Told now and then how many rows of a run have arrived. */
  readonly onRows?: (runId: string, rows: number) => void
}

/** Merges runs of one ERP table into the ODS; each run whole, with its offsets, or not at all. */
export function odsSink({
  table,
  onRun,
  onRows
}: OdsSinkOptions): Spec<Writer<RunEnvelope, LogItem<RunEnvelope>>> {
  return {
    describe: `ods.${tableName(table.destinationTable)}`,
    settings: odsSinkSettings,
    batching: { maxItems: 250, lingerMs: 50 },
    // The producer may send a batch twice; a run counts its rows.
    repeatWindow,
    check: ({ settings }) => checkOds(settings),
    async open(context) {
      const cacheDir = context.settings.text(odsSettings.cacheDir)
      const name = table.tableName.toLowerCase()
      await removeHalfRuns(tableFolder(cacheDir, name))
      return new OdsWriter({
        context,
        merger: new RunMerger({ context, database: openOds(context.settings), table }),
        cacheDir,
        memoryMb: context.settings.number(odsSettings.duckdbMb),
        table: name,
        ...(onRun && { onRun }),
        ...(onRows && { onRows })
      })
    }
  }
}

/** What was killed while it was written; the log has it still. */
async function removeHalfRuns(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return []
    throw error
  })
  for (const name of names.filter((candidate) => candidate.endsWith('.part')))
    await rm(join(folder, name), { recursive: true, force: true })
}
