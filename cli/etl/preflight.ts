import type { Command } from 'commander'
import { sourceClock } from '../../producers/progress/catalogue.ts'
import { CourantError } from '../../runtime/errors.ts'
import { logOf } from '../../runtime/observability.ts'
import { type EtlTable, findEtlTable } from '../../schemas/erp/metadata.ts'
import { readEtlColumns, readEtlTables } from '../../sinks/ods/metadata.ts'
import { pendingMigrations } from '../../sinks/ods/migrate.ts'
import { connectionFor } from '../../topics/connection.ts'
import { print, printRows } from '../output.ts'
import { type EtlSession, withEtl } from './etl-session.ts'
import { errorOf } from './load-report.ts'
import { type Output, outputOption } from './output-option.ts'
import { columnChanges } from './source-columns.ts'
import { scanSource } from './source-scan.ts'

interface PreflightOptions {
  readonly quick?: boolean
  readonly output: Output
}

interface Check {
  readonly check: string
  readonly isWell: boolean
  /** What was found; of a failed check, what to do. */
  readonly finding: string
}

/** `courant etl preflight [table]`: everything that a load would stumble over, before it does. */
export function preflightCommand(etl: Command): void {
  etl
    .command('preflight')
    .description('check connections, configuration, columns, keys and widths; changes nothing')
    .argument('[table]', 'only this one')
    .option('--quick', 'do not read the rows, which is what finds values that are too wide')
    .addOption(outputOption())
    .action(preflight)
}

async function preflight(
  name: string | undefined,
  { quick = false, output }: PreflightOptions
): Promise<void> {
  await withEtl(['ods', 'source', 'kafka'], async (session) => {
    const checks = await connectionChecks(session)
    if (checks.every(({ isWell }) => isWell))
      checks.push(...(await tableChecks(session, { name, isQuick: quick })))
    const failed = checks.filter(({ isWell }) => !isWell)
    if (output === 'json') print(JSON.stringify(checks, null, 2))
    else {
      printRows(
        checks.map(({ check, isWell, finding }) => ({ check, result: isWell ? 'ok' : 'FAILED', finding })),
        { none: 'Nothing to check.' }
      )
      print(
        failed.length === 0 ? '\nReady to load.' : `\n${failed.length} of ${checks.length} checks failed.`
      )
    }
    if (failed.length > 0) process.exitCode = 1
  })
}

async function connectionChecks(session: EtlSession): Promise<Check[]> {
  const { ods, connection, settings } = session
  return [
    await checked('ODS', async () => {
      const pending = await pendingMigrations(ods)
      if (pending.length > 0)
        throw new CourantError(
          'CONFIG_INVALID',
          'The ODS does not have its newest shape: run `courant etl sync`'
        )
      return ods.dialect.name
    }),
    await checked('Kafka', async () => {
      const admin = await connectionFor(settings).kafka.admin()
      try {
        return `${(await admin.topics()).length} topics`
      } finally {
        await admin.close()
      }
    }),
    await checked('schema registry', async () => {
      const versions = await connectionFor(settings).registry.versionsOf('courant-preflight')
      return `answers (${versions.length} versions of a subject that nobody uses)`
    }),
    await checked('source', async () => `its clock says ${await sourceClock(connection)}`)
  ]
}

async function tableChecks(
  session: EtlSession,
  { name, isQuick }: { readonly name: string | undefined; readonly isQuick: boolean }
): Promise<Check[]> {
  let tables: readonly EtlTable[] = []
  const config = await checked('config.ETL_Tables', async () => {
    const all = await readEtlTables(session.ods)
    if (all.length === 0)
      throw new CourantError(
        'CONFIG_INVALID',
        'config.ETL_Tables has no row: insert one for each table to copy, then run `courant etl sync`'
      )
    tables = name === undefined ? all : [findEtlTable(all, name)]
    return `${all.length} tables`
  })
  const checks = [config]
  for (const table of tables)
    checks.push(await checked(table.tableName, () => lookAt(session, table, isQuick)))
  return checks
}

/** All that a full load looks at before it merges: columns, names, keys, and unless quick every row. */
async function lookAt(session: EtlSession, table: EtlTable, isQuick: boolean): Promise<string> {
  const columns = await readEtlColumns(session.ods, table.tableName)
  const { added, gone } = await columnChanges(session, table, columns)
  if (columns.length === 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `Table '${table.tableName}' has no columns in config.ETL_Columns: run \`courant etl sync\``
    )
  const log = logOf(session.logger, `preflight.${table.tableName}`)
  const { plan, pages } = await scanSource({ table, columns }, { ...session, log })
  let rows = 0
  if (!isQuick) for await (const page of pages) rows += page.length
  if (!isQuick && rows !== plan.expectedRows)
    throw new CourantError(
      'RUN_INCOMPLETE',
      `The source counts ${plan.expectedRows} rows and gave ${rows}: if nobody changed the table meanwhile, its driver drops rows; a load would find out which`
    )
  const news = [
    added.length > 0 ? `new at the source: ${added.join(', ')}` : '',
    gone.length > 0 ? `gone from the source: ${gone.join(', ')}` : ''
  ].filter(Boolean)
  const size = `${plan.expectedRows} rows${isQuick ? '' : ', all read'}, ${plan.selection.columns.length} columns`
  return [size, ...news, ...(news.length > 0 ? ['run `courant etl sync`'] : [])].join('; ')
}

async function checked(check: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { check, isWell: true, finding: await look() }
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return { check, isWell: false, finding: errorOf(error).message }
  }
}
