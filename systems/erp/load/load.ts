import { Argument, type Command } from 'commander'
import { planRun } from '../../../producers/progress/run-plan.ts'
import { verdictOf } from '../../../runtime/errors.ts'
import { findTable } from '../../../schemas/erp/configured-tables.ts'
import type { EtlTable } from '../../../schemas/erp/metadata.ts'
import type { RunMode } from '../../../schemas/erp/run-envelope.ts'
import type { CachedRun } from '../../../sinks/ods/cache/cached-run.ts'
import { readEtlColumns, readEtlTables } from '../../../sinks/ods/metadata.ts'
import { lastSuccess } from '../../../sinks/ods/loaded-tables.ts'
import { complain, print } from '../../../cli/verb/output.ts'
import { type EtlSession, patiently, withEtl } from '../etl-session.ts'
import { loadCached, openCached } from './load-cached.ts'
import { type LoadReport, sentenceOf } from './load-report.ts'
import { loadTable } from './load-table.ts'
import { logFailure } from './log-failure.ts'
import { type Output, outputOption } from '../output-option.ts'
import { ProgressBar } from './progress-bar.ts'
import type { ScannedTable } from '../source-scan.ts'

interface LoadOptions {
  readonly output: Output
  readonly fromCache?: string
  readonly dryRun?: boolean
}

/** `courant etl load <table> full|incremental`: one table, now. */
export function loadCommand(etl: Command): void {
  etl
    .command('load')
    .description('load one table: all of it (full), or what changed since its last success (incremental)')
    .argument('<table>', 'as config.ETL_Tables names it')
    .addArgument(
      new Argument('[mode]', 'what to read').choices(['full', 'incremental']).default('incremental')
    )
    .option('--from-cache <run>', 'take a run from the Parquet cache instead of the source')
    .option('--dry-run', 'only say what would be read')
    .addOption(outputOption())
    .action((name: string, mode: 'full' | 'incremental', options: LoadOptions) => load(name, mode, options))
}

async function load(name: string, mode: 'full' | 'incremental', options: LoadOptions): Promise<void> {
  const { output, fromCache, dryRun = false } = options
  if (fromCache !== undefined) {
    await withEtl(['ods'], async (session) => {
      const { table } = await configuredTable(session, { name, mode })
      const run = await openCached(session, table, fromCache)
      if (dryRun) tellCached(run, output)
      else printReport(await loadCached(session, table, run), output)
    })
    return
  }
  await withEtl(['ods', 'source', 'kafka'], async (session) => {
    const scanned = await configuredTable(session, { name, mode })
    if (dryRun) await tellPlan(session, { ...scanned, mode, output })
    else printReport(await withProgress(session, { ...scanned, mode, output }), output)
  })
}

/** A table with its columns, as the metadata has them; etl.ETL_Log has it, too, when there is no such table. */
async function configuredTable(
  session: EtlSession,
  { name, mode }: { readonly name: string; readonly mode: RunMode }
): Promise<ScannedTable> {
  const configured = await patiently(session, () => readEtlTables(session.ods))
  try {
    return await withColumns(session, findTable(configured, name))
  } catch (error) {
    if (verdictOf(error) !== 'transient') await logFailure(session, { tableName: name, mode }, error)
    throw error
  }
}

/** A table and its columns, as the metadata has them. */
export async function withColumns(session: EtlSession, table: EtlTable): Promise<ScannedTable> {
  return { table, columns: await patiently(session, () => readEtlColumns(session.ods, table.tableName)) }
}

/** Loads a table with a progress bar for people. */
export async function withProgress(
  session: EtlSession,
  { output, ...request }: ScannedTable & { readonly mode: RunMode; readonly output: Output }
): Promise<LoadReport> {
  if (output === 'json') return loadTable(session, request)
  const bar = new ProgressBar(request.table.tableName, { stream: process.stderr })
  try {
    return await loadTable(session, { ...request, onProgress: (progress) => bar.show(progress) })
  } finally {
    bar.end()
  }
}

async function tellPlan(
  { connection, settings, ods }: EtlSession,
  { output, ...request }: ScannedTable & { readonly mode: RunMode; readonly output: Output }
): Promise<void> {
  const last = await lastSuccess(ods, request.table.tableName)
  const plan = await planRun(connection, settings, { ...request, ...last })
  const { mode, windowFrom, windowTo, expectedRows, selection } = plan
  const table = request.table.tableName
  const told = { table, mode, windowFrom, windowTo, rows: expectedRows, columns: selection.columns.length }
  if (output === 'json') print(JSON.stringify(told, null, 2))
  else
    print(
      `${table}: a ${mode} load would read ${expectedRows.toLocaleString('en-US')} rows of ${told.columns} columns${windowFrom === null ? '' : `, changed since ${windowFrom}`}; nothing was changed`
    )
}

function tellCached({ facts: { table, marker, rows } }: CachedRun, output: Output): void {
  const told = { table, runId: marker.run_id, mode: marker.mode, windowTo: marker.window_to, rows }
  if (output === 'json') print(JSON.stringify(told, null, 2))
  else
    print(
      `${table}: would merge the ${rows.toLocaleString('en-US')} rows of run ${marker.run_id}; nothing was changed`
    )
}

/** Prints what became of a load; a failed one is the command's failure. */
function printReport(report: LoadReport, output: Output): void {
  if (output === 'json') print(JSON.stringify(report, null, 2))
  else if (report.status === 'failed') complain(sentenceOf(report))
  else print(sentenceOf(report))
  if (report.status === 'failed') process.exitCode = 1
}
