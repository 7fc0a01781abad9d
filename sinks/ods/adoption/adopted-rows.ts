import { type ConfigRow, intervalMs, parseEtlTable } from '../../../schemas/erp/metadata.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { sqlNameOf } from '../../../schemas/erp/sql-names.ts'
import type { SqlValue } from '../statement.ts'

/** A row of the old configuration as Courant's has it. */
export interface AdoptedRow {
  readonly values: Readonly<Record<string, SqlValue>>
  /** What could not be taken as it was, or has to be corrected. */
  readonly notes: readonly string[]
}

/** A row of an older config.ETL_Tables; what Courant's does not take becomes its default, and a note says so. */
export function adoptedTable(row: ConfigRow): AdoptedRow {
  const cells = new OldCells(row)
  const tableName = cells.text('TableName', 128)
  const values = {
    TableName: tableName,
    DestinationTable: cells.text('DestinationTable', 128) || tableName,
    PrimaryKeyCols: cells.text('PrimaryKeyCols', 512),
    HasTimestamps: cells.flag('HasTimestamps'),
    DateModifCol: cells.text('DateModifCol', 128) || null,
    DateModifPrecision: cells.word('DateModifPrecision', ['date', 'datetime']) ?? null,
    IsDimension: cells.flag('IsDimension'),
    IsFact: cells.flag('IsFact'),
    LookbackInterval: cells.interval('LookbackInterval'),
    Priority: cells.word('Priority', ['critical', 'high', 'normal']) ?? 'normal',
    SLA: cells.minutes('SLA'),
    KeepHistory: cells.flag('KeepHistory')
  }
  return { values, notes: [...cells.notes, ...problemsOf(values)] }
}

/** A row of an older config.ETL_Columns. The rest of it is brought by `courant etl sync`. */
export function adoptedColumn(row: ConfigRow): AdoptedRow {
  const cells = new OldCells(row)
  const columnName = cells.text('ColumnName', 128)
  const values = {
    TableName: cells.text('TableName', 128),
    ColumnName: columnName,
    SqlName: cells.text('SqlName', 128) || sqlNameOf(columnName),
    SourceExpression: cells.text('SourceExpression', 1000) || null,
    IsExcluded: cells.flag('IsExcluded'),
    Notes: cells.text('Notes', 1000) || null
  }
  return { values, notes: cells.notes }
}

function problemsOf(values: ConfigRow): string[] {
  try {
    parseEtlTable(values)
    return []
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return [error.message]
  }
}

/** The cells of a row under names in any letter case, whatever types an older table gave them. */
class OldCells {
  readonly notes: string[] = []
  readonly #byName: ReadonlyMap<string, unknown>

  constructor(row: ConfigRow) {
    this.#byName = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
  }

  text(name: string, longest: number): string {
    const value = this.#byName.get(name.toLowerCase())
    const isPlain = ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
    const text = isPlain ? String(value).trim() : ''
    if (text.length <= longest) return text
    this.notes.push(`${name} is longer than ${longest} characters and was left empty`)
    return ''
  }

  flag(name: string): 0 | 1 {
    return ['1', 'true', 't', 'y', 'yes', 'o', 'oui'].includes(this.text(name, 128).toLowerCase()) ? 1 : 0
  }

  word(name: string, words: readonly string[]): string | null {
    const text = this.text(name, 128).toLowerCase()
    const found = words.find((word) => word === text)
    if (found === undefined && text !== '')
      this.notes.push(`${name} '${text}' is none of ${words.join(', ')} and was left out`)
    return found ?? null
  }

  interval(name: string): string {
    const text = this.text(name, 128)
    if (text === '') return '0d'
    if (text.length <= 10 && intervalMs(text) !== null) return text
    this.notes.push(`${name} '${text}' is not like 0d, 1d or 12h, and became 0d`)
    return '0d'
  }

  minutes(name: string): number | null {
    const text = this.text(name, 128)
    if (text === '') return null
    const ms = /^\d{1,6}$/.test(text) ? Number(text) * 60_000 : intervalMs(text)
    if (ms === null) this.notes.push(`${name} '${text}' is no number of minutes and was left out`)
    return ms === null ? null : ms / 60_000
  }
}
