import type { Command } from 'commander'
import { sourceClock } from '../../producers/progress/catalogue.ts'
import { preflightTable, type WideColumn } from '../../producers/progress/preflight.ts'
import { CourantError } from '../../runtime/errors.ts'
import { type ConfiguredTables, findTable } from '../../schemas/erp/configured-tables.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'
import { readEtlColumns, readEtlTables } from '../../sinks/ods/metadata.ts'
import { checkLimits, checkRowBytes, tableName } from '../../sinks/ods/ods-table.ts'
import { pendingMigrations } from '../../sinks/ods/migrate.ts'
import { connectionFor } from '../../topics/connection.ts'
import { print, printRows } from '../../cli/verb/output.ts'
import { type EtlSession, withEtl } from './etl-session.ts'
import { errorOf } from './load/load-report.ts'
import { type Output, outputOption } from './output-option.ts'
import { columnChanges } from './source-columns.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'

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
    .addOption(outputOption())
    .action(preflight)
}

async function preflight(name: string | undefined, { output }: { output: Output }): Promise<void> {
  await withEtl(['ods', 'source', 'kafka'], async (session) => {
    const checks = await connectionChecks(session)
    if (checks.every(({ isWell }) => isWell)) checks.push(...(await tableChecks(session, name)))
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
      return `${ods.dialect.name}${await readersNote(ods)}`
    }),
    await checked('Kafka', async () => {
      return withAdmin(connectionFor(settings).kafka, async (admin) => {
        return `${(await admin.topics()).length} topics`
      })
    }),
    await checked('schema registry', async () => {
      await connectionFor(settings).registry.versionsOf('courant-preflight')
      return 'answers'
    }),
    await checked('source', async () => `its clock says ${await sourceClock(connection)}`)
  ]
}

/** What to turn on where readers wait for a load; a load itself needs it not. */
async function readersNote(ods: EtlSession['ods']): Promise<string> {
  const { dialect } = ods
  if (dialect.readersWait === null) return ''
  const [row] = await ods.query('see whether readers wait', dialect.readersWait)
  return row && Number(row['isversioned']) === 0
    ? '; readers wait while a run is merged: ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE'
    : ''
}

async function tableChecks(session: EtlSession, name: string | undefined): Promise<Check[]> {
  let chosen: ConfiguredTables = { tables: [], wrong: [] }
  const config = await checked('config.ETL_Tables', async () => {
    const all = await readEtlTables(session.ods)
    if (all.tables.length + all.wrong.length === 0)
      throw new CourantError(
        'CONFIG_INVALID',
        'config.ETL_Tables has no row: insert one for each table to copy, then run `courant etl sync`'
      )
    chosen = name === undefined ? all : { tables: [findTable(all, name)], wrong: [] }
    return `${all.tables.length + all.wrong.length} tables`
  })
  const checks = [config]
  for (const { tableName: check, error } of chosen.wrong)
    checks.push({ check, isWell: false, finding: error.message })
  for (const table of chosen.tables) checks.push(await checked(table.tableName, () => lookAt(session, table)))
  return checks
}

/** All that a full load looks at before its first row: columns, names, keys, and the widths of text. */
async function lookAt(session: EtlSession, table: EtlTable): Promise<string> {
  const { ods, connection, settings } = session
  const columns = await readEtlColumns(ods, table.tableName)
  if (columns.length === 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `Table '${table.tableName}' has no columns in config.ETL_Columns: run \`courant etl sync\``
    )
  const { added, gone, unread } = await columnChanges(session, table, columns)
  const found = await preflightTable(connection, settings, {
    table,
    columns,
    mode: 'full',
    lastSuccessAt: null
  })
  if (found.tooWide.length > 0) throw tooWide(table, found.tooWide)
  const name = tableName(table.destinationTable)
  checkLimits(name, found.columns, ods.dialect.limits)
  checkRowBytes({ name, columns: found.columns, key: found.key, keepHistory: table.keepHistory }, ods.dialect)
  const index = found.primaryIndex.join(', ')
  return [
    `${found.rows} rows, ${found.columns.length} columns, ${found.fetchSize} rows a fetch`,
    added.length > 0 ? `new at the source: ${added.join(', ')} (run \`courant etl sync\`)` : '',
    gone.length > 0 ? `gone from the source: ${gone.join(', ')} (run \`courant etl sync\`)` : '',
    unread.length > 0 ? `not read, as their types are not known: ${unread.join(', ')}` : '',
    index !== '' && !found.isKeyPrimary ? `PrimaryKeyCols is not the primary index (${index})` : ''
  ]
    .filter(Boolean)
    .join('; ')
}

function tooWide({ tableName }: EtlTable, columns: readonly WideColumn[]): CourantError {
  const list = columns.map(
    ({ column, width, longest }) => `${column} (${longest ?? 'more'} characters where ${width} are declared)`
  )
  return new CourantError(
    'WIDTH_EXCEEDED',
    `Columns of '${tableName}' have values wider than their SQL width: ${list.join(', ')}. Let the OpenEdge administrator run dbtool (SQL Width & Date Scan with Fix Option) on the table, or set SourceExpression or IsExcluded for the columns in config.ETL_Columns`
  )
}

async function checked(check: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { check, isWell: true, finding: await look() }
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return { check, isWell: false, finding: errorOf(error).message }
  }
}
