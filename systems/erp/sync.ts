import type { Command } from 'commander'
import { erpConfigRows } from '../../local/sample/erp/erp-tables.ts'
import { CourantError } from '../../runtime/errors.ts'
import { type EtlTable, parseEtlTable } from '../../schemas/erp/metadata.ts'
import { addEtlTable, readEtlColumns, readEtlTables, syncColumns } from '../../sinks/ods/metadata.ts'
import { migrate, pendingMigrations } from '../../sinks/ods/migrate.ts'
import { complain, print, printRows } from '../../cli/verb/output.ts'
import { type EtlSession, withEtl } from './etl-session.ts'
import { isSampleErp, makeSampleErp } from './sample-erp.ts'
import { errorOf } from './load/load-report.ts'
import { type Output, outputOption } from './output-option.ts'
import { columnChanges } from './source-columns.ts'

interface SyncOptions {
  readonly dryRun?: boolean
  readonly output: Output
}

interface SyncedTable {
  readonly table: string
  readonly columns: number
  readonly added: readonly string[]
  readonly gone: readonly string[]
  /** Columns that cannot be read, each with the type that is not known. */
  readonly unread: readonly string[]
  readonly error: { readonly code: string; readonly message: string } | null
}

/** `courant etl sync`: migrates the ODS and brings the source's catalogue into config.ETL_Columns. */
export function syncCommand(etl: Command): void {
  etl
    .command('sync')
    .description("migrate the ODS, then bring the source's catalogue into config.ETL_Columns")
    .option('--dry-run', 'only say what would change')
    .addOption(outputOption())
    .action(sync)
}

async function sync({ dryRun = false, output }: SyncOptions): Promise<void> {
  await withEtl(['ods', 'source'], async (session) => {
    const say = (line: string) => void (output === 'human' && complain(line))
    await prepareOds(session, { dryRun, say })
    const { tables, wrong } = await readEtlTables(session.ods)
    const synced: SyncedTable[] = wrong.map(({ tableName, error }) => unsynced(tableName, error))
    for (const table of tables) synced.push(await syncTable(session, table, dryRun))
    tell(synced, { dryRun, output })
    if (synced.some(({ error }) => error !== null)) process.exitCode = 1
  })
}

/** Brings the ODS to its newest shape; beside the local stack it also makes the sample ERP and configures it. */
async function prepareOds(
  { ods, env }: EtlSession,
  { dryRun, say }: { readonly dryRun: boolean; readonly say: (line: string) => void }
): Promise<void> {
  if (dryRun) {
    const [pending] = await pendingMigrations(ods)
    if (pending)
      throw new CourantError(
        'CONFIG_INVALID',
        'The ODS does not have its newest shape yet: run `courant etl migrate` before a dry run'
      )
    return
  }
  for (const step of await migrate(ods)) say(`migrated: ${step}`)
  if (!isSampleErp(env)) return
  if (await makeSampleErp(env)) say('made the sample ERP in the local PostgreSQL')
  const { tables, wrong } = await readEtlTables(ods)
  if (tables.length + wrong.length > 0) return
  for (const row of erpConfigRows) await addEtlTable(ods, parseEtlTable(row))
  say(`config.ETL_Tables: the ${erpConfigRows.length} tables of the sample`)
}

/** A table that cannot be synced keeps its columns, and the others are synced. */
async function syncTable(session: EtlSession, table: EtlTable, dryRun: boolean): Promise<SyncedTable> {
  const { tableName } = table
  try {
    const configured = await readEtlColumns(session.ods, tableName)
    const { columns, added, gone, unread } = await columnChanges(session, table, configured)
    if (!dryRun) await syncColumns(session.ods, tableName, columns)
    return { table: tableName, columns: columns.length, added, gone, unread, error: null }
  } catch (error) {
    if (!(error instanceof CourantError) || error.verdict === 'transient') throw error
    return unsynced(tableName, error)
  }
}

const unsynced = (table: string, error: CourantError): SyncedTable => ({
  table,
  columns: 0,
  added: [],
  gone: [],
  unread: [],
  error: errorOf(error)
})

function tell(synced: readonly SyncedTable[], { dryRun, output }: { dryRun: boolean; output: Output }): void {
  if (output === 'json') {
    print(JSON.stringify(synced, null, 2))
    return
  }
  const rows = synced.map(({ table, columns, added, gone, unread, error }) => ({
    table,
    columns,
    added: added.length,
    gone: gone.join(', '),
    'type not known': unread.join(', '),
    result: error ? `${error.message} (${error.code})` : dryRun ? 'dry run' : 'synced'
  }))
  printRows(rows, {
    none: 'config.ETL_Tables has no row: insert one for each table to copy (docs/openedge.md has an example), then run `courant etl sync` again.'
  })
}
