import type { Command } from 'commander'
import { logOf } from '../../../runtime/observability.ts'
import { findTable } from '../../../schemas/erp/configured-tables.ts'
import { readEtlColumns, readEtlTables } from '../../../sinks/ods/metadata.ts'
import { print } from '../../../cli/verb/output.ts'
import { withEtl } from '../etl-session.ts'
import { type Output, outputOption } from '../output-option.ts'
import { isTooWide, profileReport } from './profile-report.ts'
import { profileTable } from './profile-table.ts'
import { ProgressBar } from '../load/progress-bar.ts'
import { writeReport } from './report-files.ts'
import { reportsDir } from '../settings.ts'

/** `courant etl profile <table>`: what is in each column at the source, as HTML and JSON. */
export function profileCommand(etl: Command): void {
  etl
    .command('profile')
    .description(
      'read a table at the source and report each column: nulls, distinct, smallest, largest, longest, examples'
    )
    .argument('<table>', 'as config.ETL_Tables names it')
    .addOption(outputOption())
    .action((name: string, { output }: { output: Output }) => profile(name, output))
}

async function profile(name: string, output: Output): Promise<void> {
  await withEtl(['ods', 'source'], async (session) => {
    const { ods, logger, settings } = session
    const table = findTable(await readEtlTables(ods), name)
    const bar = new ProgressBar(table.tableName, { stream: process.stderr })
    const begunMs = performance.now()
    const columns = await profileTable(
      { table, columns: await readEtlColumns(ods, table.tableName) },
      { ...session, log: logOf(logger, `profile.${table.tableName}`) },
      (rows, total) => {
        if (output === 'human')
          bar.show({ step: 'profile', rows, total, elapsedMs: performance.now() - begunMs })
      }
    )
    bar.end()
    const at = new Date()
    const files = await writeReport(settings.text(reportsDir), {
      name: `profile-${table.tableName.toLowerCase()}`,
      page: profileReport(table.tableName, columns, at),
      data: { table: table.tableName, at, columns }
    })
    const wide = columns.filter(isTooWide).map((column) => column.sourceName)
    const rows = columns[0]?.rows ?? 0
    if (output === 'json') {
      print(
        JSON.stringify(
          { table: table.tableName, rows, columns: columns.length, tooWide: wide, files },
          null,
          2
        )
      )
      return
    }
    print(`${table.tableName}: ${rows.toLocaleString('en-US')} rows, ${columns.length} columns`)
    if (wide.length > 0) print(`wider than the catalogue says: ${wide.join(', ')}`)
    for (const file of files) print(file)
  })
}
