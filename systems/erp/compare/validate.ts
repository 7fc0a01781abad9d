import type { Command } from 'commander'
import { CourantError } from '../../../runtime/errors.ts'
import { logOf } from '../../../runtime/observability.ts'
import type { EtlTable } from '../../../schemas/erp/metadata.ts'
import { readEtlColumns, readEtlTables } from '../../../sinks/ods/metadata.ts'
import { print, printRows } from '../../../cli/verb/output.ts'
import { chooseTables, filterForm } from '../choose-tables.ts'
import { compareTable } from './compare-table.ts'
import { type EtlSession, withEtl } from '../etl-session.ts'
import type { Differences } from './key-comparison.ts'
import { errorOf } from '../load/load-report.ts'
import { type Output, outputOption } from '../output-option.ts'
import { writeReport } from '../profile/report-files.ts'
import type { Report } from '../profile/report-page.ts'
import { reportsDir } from '../settings.ts'

interface Validated {
  readonly table: string
  readonly differences: Differences | null
  /** Why the table could not be compared. */
  readonly error: string | null
}

/** `courant etl validate --filter all`: source against ODS, by counts, keys and hashes. */
export function validateCommand(etl: Command): void {
  etl
    .command('validate')
    .description('compare the source with the ODS: counts, keys and hashes; exits with 1 when they differ')
    .option('--filter <tables>', filterForm, 'all')
    .addOption(outputOption())
    .action(({ filter, output }: { filter: string; output: Output }) => validate(filter, output))
}

async function validate(filter: string, output: Output): Promise<void> {
  await withEtl(['ods', 'source'], async (session) => {
    const { tables, wrong } = chooseTables(await readEtlTables(session.ods), filter)
    const validated: Validated[] = wrong.map(({ tableName: table, error }) => ({
      table,
      differences: null,
      error: error.message
    }))
    for (const table of tables)
      if (!session.signal.aborted) validated.push(await validateTable(session, table))
    const page = validationReport(validated, new Date())
    const files = await writeReport(session.settings.text(reportsDir), {
      name: 'validation',
      page,
      data: { at: page.at, tables: validated }
    })
    if (output === 'json') print(JSON.stringify({ isEqual: page.isWell, tables: validated, files }, null, 2))
    else {
      printRows(validated.map(summaryRow), { none: 'No table matches the filter.' })
      print(`\n${page.summary}\n${files.join('\n')}`)
    }
    if (!page.isWell) process.exitCode = 1
  })
}

/** One table that cannot be compared does not keep the others from it. */
async function validateTable(session: EtlSession, table: EtlTable): Promise<Validated> {
  const log = logOf(session.logger, `validate.${table.tableName}`)
  try {
    const columns = await readEtlColumns(session.ods, table.tableName)
    const differences = await compareTable({ table, columns }, { ...session, log })
    return { table: table.tableName, differences, error: null }
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return { table: table.tableName, differences: null, error: errorOf(error).message }
  }
}

const isEqual = ({ differences }: Validated) =>
  differences !== null &&
  differences.missing + differences.surplus + differences.different + differences.shared === 0

const counts = ['sourceRows', 'targetRows', 'missing', 'surplus', 'different', 'shared'] as const

function summaryRow(one: Validated) {
  const [source = null, ods = null, missing = null, surplus = null, different = null, shared = null] =
    counts.map((name) => one.differences?.[name] ?? null)
  const result = one.error ?? (isEqual(one) ? 'equal' : 'different')
  return { table: one.table, source, ods, missing, surplus, different, shared, result }
}

function validationReport(validated: readonly Validated[], at: Date): Report {
  const unequal = validated.filter((one) => !isEqual(one))
  const rows = validated.map((one) => Object.values(summaryRow(one)))
  const examples = validated.flatMap(({ table, differences }) =>
    (differences?.examples ?? []).map(({ key, what }) => [table, what, key])
  )
  return {
    title: 'Source and ODS',
    summary:
      unequal.length === 0
        ? `Source and ODS are equal in ${validated.length === 1 ? 'this table' : `all ${validated.length} tables`}.`
        : `${unequal.length} of ${validated.length} tables differ; rows that changed at the source since the last load explain it until the next.`,
    isWell: unequal.length === 0,
    at,
    tables: [
      {
        title: 'Tables',
        headings: ['Table', 'Source', 'ODS', 'Missing', 'Surplus', 'Different', 'Shared keys', 'Result'],
        rows
      },
      { title: 'First keys that differ', headings: ['Table', 'What', 'Key'], rows: examples }
    ]
  }
}
