import assert from 'node:assert/strict'
import { technicalColumns } from '../../../../schemas/erp/technical-columns.ts'
import type { OdsDatabase, ResultRow } from '../../../../sinks/ods/ods-database.ts'
import type { RunEntry } from '../../../../sinks/ods/run-log.ts'
import { historyProblems } from '../../../e2e/ods-history.ts'
import { type TextRow, textOf, type YearTable } from './year-source.ts'

/** What must hold of a table of the ODS, whatever happened before. */
export class YearChecks {
  readonly #ods: OdsDatabase

  constructor(ods: OdsDatabase) {
    this.#ods = ods
  }

  ask(text: string, values: Readonly<Record<string, string>> = {}): Promise<readonly ResultRow[]> {
    return this.#ods.query('look', { text, values })
  }

  /** Every row of a table, versions and technical columns too; one text for what is equal. */
  async snapshot(table: string): Promise<string> {
    const [row] = await this.ask(
      `SELECT CASE WHEN to_regclass('ods.${table}') IS NULL THEN '' ELSE
 (xpath('//row', query_to_xml('SELECT md5(string_agg(t::text, E''\\n'' ORDER BY t::text)) AS all FROM ods.${table} AS t', true, true, '')))[1]::text END AS all`
    )
    return String(row?.['all'])
  }

  /** Every row of the source is in the ODS with its values; after a full run nothing else is. */
  async agrees(table: YearTable, { isWhole }: { readonly isWhole: boolean }): Promise<void> {
    const source = await table.read()
    const ods = await this.#live(table)
    const missing = [...source.keys()].filter((key) => !ods.has(key))
    assert.deepEqual(missing, [], `${table.name}: keys of the source that are not in the ODS`)
    for (const [key, row] of source) assert.deepEqual(ods.get(key), row, `${table.name}: row ${key}`)
    if (!isWhole) return
    const surplus = [...ods.keys()].filter((key) => !source.has(key))
    assert.deepEqual(surplus, [], `${table.name}: keys that are gone from the source`)
  }

  async #live({ name, copied }: YearTable): Promise<ReadonlyMap<string, TextRow>> {
    const list = copied.map(({ sqlName, type }) => `${textOf(sqlName, type)} AS "${sqlName}"`)
    const rows = await this.ask(
      `SELECT row_key AS thekey, ${list.join(', ')} FROM ods.${name} WHERE is_current = 1 AND is_deleted = 0`
    )
    return new Map(rows.map(({ thekey, ...row }) => [String(thekey), row as TextRow]))
  }

  /** The log has the run as it ended, and its figures are those of the rows that it wrote. */
  async logTells(table: YearTable, entry: RunEntry): Promise<void> {
    const [logged] = await this.ask(
      `SELECT Status AS status, ErrorCode AS errorcode FROM etl.ETL_Runs WHERE TableName = @table AND RunId = @run`,
      { table: table.name, run: entry.runId }
    )
    assert.equal(logged?.['status'], entry.status, `${table.name}: what the log says of ${entry.runId}`)
    assert.equal(logged?.['errorcode'] ?? undefined, entry.errorCode)
    await this.#stepsTell(entry)
    if (!(await this.#isThere(table))) return
    const [written] = await this.ask(
      `SELECT count(*) FILTER (WHERE is_deleted = 0) AS rows, count(*) FILTER (WHERE is_deleted = 1) AS deleted FROM ods.${table.name} WHERE run_id = @run`,
      { run: entry.runId }
    )
    const { rowsInserted = 0, rowsUpdated = 0, rowsDeleted = 0 } = entry
    assert.deepEqual(
      [Number(written?.['rows']), Number(written?.['deleted'])],
      [rowsInserted + rowsUpdated, rowsDeleted],
      `${table.name}: rows that run ${entry.runId} wrote`
    )
  }

  /** The steps are in their order, and the last of them says how the run ended. */
  async #stepsTell(entry: RunEntry): Promise<void> {
    const steps = await this.ask(
      'SELECT StepNo AS stepno, Step AS step, Status AS status FROM etl.ETL_Log WHERE RunId = @run ORDER BY LogTs',
      { run: entry.runId }
    )
    const numbers = steps.map((row) => Number(row['stepno']))
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b)
    )
    const isMerged = entry.status === 'succeeded'
    assert.equal(steps.at(-1)?.['status'], entry.status)
    assert.equal(steps.filter(({ status }) => status === 'failed').length, isMerged ? 0 : 1)
    if (isMerged)
      assert.deepEqual(
        steps.map(({ step }) => step),
        ['extract', 'transform', 'load', 'merge']
      )
  }

  async #isThere({ name }: YearTable): Promise<boolean> {
    const [row] = await this.ask(`SELECT to_regclass('ods.${name}') IS NOT NULL AS there`)
    return row?.['there'] === true
  }

  /** In the rows of a run there is nothing in the columns that it did not have. */
  async lostIsNull(table: YearTable, runId: string): Promise<void> {
    const columns = await this.ask(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'ods' AND table_name = '${table.name}'`
    )
    const known = new Set<string>([...technicalColumns, ...table.copied.map(({ sqlName }) => sqlName)])
    const lost = columns.map((row) => String(row['name'])).filter((name) => !known.has(name))
    for (const name of lost) {
      const rows = await this.ask(
        `SELECT row_key FROM ods.${table.name} WHERE run_id = @run AND is_deleted = 0 AND "${name}" IS NOT NULL`,
        { run: runId }
      )
      assert.deepEqual(rows, [], `${table.name}.${name} is not copied any more`)
    }
  }

  async historyIsSound(table: YearTable): Promise<void> {
    const rows = await this.ask(
      `SELECT row_key, encode(hashdiff, 'hex') AS hash, valid_from::text AS valid_from, valid_to::text AS valid_to, is_current, is_deleted FROM ods.${table.name}`
    )
    const problems = historyProblems(
      rows.map((row) => ({
        key: String(row['row_key']),
        hash: String(row['hash']),
        validFrom: padded(String(row['valid_from'])),
        validTo: row['valid_to'] === null ? null : padded(row['valid_to'] as string),
        isCurrent: row['is_current'] === 1,
        isDeleted: row['is_deleted'] === 1
      }))
    )
    // While no history was kept, a row may have become what it had been before.
    assert.deepEqual(
      problems.filter((problem) => !problem.endsWith('a version without a change')),
      [],
      table.name
    )
  }

  /** Of every run the log says how it ended, and of none that failed is anything in the ODS. */
  async wholeLogIsTrue(table: YearTable): Promise<void> {
    const running = await this.ask(
      `SELECT RunId FROM etl.ETL_Log WHERE TableName = @table AND Status = 'running'`,
      { table: table.name }
    )
    assert.deepEqual(running, [], `${table.name}: runs that are said to run still`)
    const written = await this.ask(
      `SELECT DISTINCT v.run_id FROM ods.${table.name} AS v LEFT JOIN etl.ETL_Runs AS l ON l.RunId = v.run_id AND l.TableName = @table WHERE l.Status IS DISTINCT FROM 'succeeded'`,
      { table: table.name }
    )
    assert.deepEqual(written, [], `${table.name}: rows of runs that did not succeed`)
  }
}

/** Texts of times so that they compare like times. */
const padded = (text: string) => (text.includes('.') ? text.padEnd(26, '0') : `${text}.`.padEnd(26, '0'))
