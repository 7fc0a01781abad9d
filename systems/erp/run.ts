import { type Command, Option } from 'commander'
import type { WrongRow } from '../../schemas/erp/configured-tables.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'
import type { RunMode } from '../../schemas/erp/run-envelope.ts'
import { readEtlTables } from '../../sinks/ods/metadata.ts'
import { startLiveRun } from '../../cli/verb/live-run.ts'
import { complain, print } from '../../cli/verb/output.ts'
import { chooseTables, filterForm } from './choose-tables.ts'
import { type EtlSession, patiently, withEtl } from './etl-session.ts'
import { withColumns, withProgress } from './load/load.ts'
import { logFailure } from './load/log-failure.ts'
import { type LoadReport, reportOf, sentenceOf, skippedReport } from './load/load-report.ts'
import { lockTable, preparedTable } from './load/load-table.ts'
import { type Output, outputOption } from './output-option.ts'
import { inRunOrder, loadInOrder } from './load/run-order.ts'

interface RunOptions {
  readonly mode: RunMode
  readonly filter: string
  readonly continueOnError?: boolean
  readonly dryRun?: boolean
  readonly output: Output
}

/** `courant etl run --mode incremental|full|watch`: every table, by priority, or all of them for ever. */
export function runCommand(etl: Command): void {
  etl
    .command('run')
    .description('load every table by priority: critical, high, normal; or follow them until Ctrl-C (watch)')
    .addOption(
      new Option('--mode <mode>', 'what to read')
        .choices(['incremental', 'full', 'watch'])
        .default('incremental')
    )
    .option('--filter <tables>', filterForm, 'all')
    .option('--continue-on-error', 'go on although a critical table has failed')
    .option('--dry-run', 'only say which tables would be loaded, in their order')
    .addOption(outputOption())
    .action(run)
}

async function run(options: RunOptions): Promise<void> {
  await withEtl(['ods', 'source', 'kafka'], async (session) => {
    const known = await patiently(session, () => readEtlTables(session.ods))
    const chosen = chooseTables(known, options.filter)
    const tables = inRunOrder(chosen.tables)
    if (options.dryRun) {
      for (const { error } of chosen.wrong) complain(error.message)
      tellOrder(tables, options)
    } else {
      const failed = await logWrong(session, chosen.wrong, options.mode)
      if (options.mode === 'watch') await watchBeside(session, tables, failed)
      else await loadAll(session, { tables, failed, options })
    }
  })
}

function tellOrder(tables: readonly EtlTable[], { output, mode }: RunOptions): void {
  const order = tables.map(({ tableName, priority }) => ({ table: tableName, priority, mode }))
  if (output === 'json') print(JSON.stringify(order, null, 2))
  else for (const { table, priority } of order) print(`${table} (${priority}) would be loaded`)
}

/** A wrong row of config.ETL_Tables fails its own table, in the log too, and no other. */
async function logWrong(
  session: EtlSession,
  wrong: readonly WrongRow[],
  mode: RunMode
): Promise<readonly LoadReport[]> {
  const reports: LoadReport[] = []
  for (const { tableName, error } of wrong)
    reports.push(reportOf(await logFailure(session, { tableName, mode }, error), error, 0))
  return reports
}

interface Loads {
  readonly tables: readonly EtlTable[]
  /** Of tables that cannot be loaded at all. */
  readonly failed: readonly LoadReport[]
  readonly options: RunOptions
}

async function loadAll(session: EtlSession, { tables, failed, options }: Loads): Promise<void> {
  const { mode, output, continueOnError = false } = options
  const reports: LoadReport[] = []
  const tell = (report: LoadReport) => {
    reports.push(report)
    if (output === 'human') print(sentenceOf(report))
  }
  for (const report of failed) tell(report)
  const attempts = await loadInOrder(tables, {
    signal: session.signal,
    continueOnError,
    load: async (table) => {
      const report = await withProgress(session, { ...(await withColumns(session, table)), mode, output })
      tell(report)
      return report.status === 'succeeded'
    }
  })
  for (const { table, outcome } of attempts)
    if (outcome === 'skipped') tell(skippedReport(table.tableName, mode))
  if (output === 'json') print(JSON.stringify(reports, null, 2))
  if (reports.some(({ status }) => status !== 'succeeded')) process.exitCode = 1
}

/** etl.ETL_Log says that a table's pipeline failed; it is started again while the other tables go on. */
async function logFailed(
  session: EtlSession,
  tables: readonly EtlTable[],
  { name, error }: { readonly name: string; readonly error: unknown }
): Promise<void> {
  const table = tables.find(({ tableName }) => name.endsWith(`.${tableName.toLowerCase()}`))
  if (table) await logFailure(session, { tableName: table.tableName, mode: 'watch' }, error)
}

/** The tables that can be watched; of the others is said why not. */
async function watchBeside(
  session: EtlSession,
  tables: readonly EtlTable[],
  failed: readonly LoadReport[]
): Promise<void> {
  for (const report of failed) complain(sentenceOf(report))
  if (tables.length === 0 && failed.length > 0) process.exitCode = 1
  else await watch(session, tables)
}

/** All tables beside each other, with the operator page, until it is told to stop. */
async function watch(session: EtlSession, tables: readonly EtlTable[]): Promise<void> {
  const locks = tables.map((table) => lockTable(session, table))
  try {
    const pipelines = []
    for (const table of tables) {
      const scanned = await withColumns(session, table)
      pipelines.push(...(await preparedTable(session, { ...scanned, mode: 'watch' })))
    }
    const logged: Promise<void>[] = []
    const live = await startLiveRun(pipelines, {
      signal: session.signal,
      logger: session.logger,
      onFailed: (name, error) => logged.push(logFailed(session, tables, { name, error }))
    })
    complain(`watching ${tables.length} tables; ${live.url} shows them`)
    try {
      await live.done
    } finally {
      await Promise.all(logged)
    }
  } finally {
    for (const release of locks) release()
  }
}
