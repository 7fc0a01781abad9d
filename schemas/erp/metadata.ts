import { CourantError } from '../../runtime/errors.ts'

export type Priority = 'critical' | 'high' | 'normal'

/** The order tables are loaded in. */
export const priorities: readonly Priority[] = ['critical', 'high', 'normal']

/** A row of config.ETL_Tables, checked: which table is copied, and how. */
export interface EtlTable {
  /** As the source has it, in schema PUB. */
  readonly tableName: string
  readonly destinationTable: string
  /** Names of columns as PrimaryKeyCols has them: the source's own or SQL-safe ones. */
  readonly primaryKey: readonly string[]
  readonly hasTimestamps: boolean
  /** Present whenever hasTimestamps is. */
  readonly dateModifCol: string | null
  readonly dateModifPrecision: 'date' | 'datetime'
  readonly isDimension: boolean
  readonly isFact: boolean
  readonly lookbackMs: number
  readonly priority: Priority
  /** Longest time between two successful loads; null when none was agreed. */
  readonly slaMinutes: number | null
  readonly keepHistory: boolean
}

/** A row of config.ETL_Columns: how one column of the source is read. */
export interface EtlColumn {
  readonly tableName: string
  readonly columnName: string
  /** The SQL-safe name it has from the topic on. */
  readonly sqlName: string
  /** SQL that is selected in its place, such as `SUBSTRING("adr", 1, 40)`; null for the column itself. */
  readonly sourceExpression: string | null
  readonly isExcluded: boolean
  readonly notes: string | null
}

/** A row as a database driver gives it, under the documented column names. */
export type ConfigRow = Readonly<Record<string, unknown>>

const unitsMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

/** Milliseconds of `0d`, `1d`, `12h` or `30m`; null for any other text. */
export function intervalMs(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,4})\s*([dhm])$/i.exec(text.trim()) ?? []
  const unitMs = unitsMs[unit.toLowerCase()]
  return count !== undefined && unitMs !== undefined ? Number(count) * unitMs : null
}

/** The names of `id` or `id1,id2`. */
const keyColumns = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/**
 * The table of the ODS that a DestinationTable means: `ods.Client` and `Client` are the same. Null for what is no plain
 * name, or too long to name indexes by.
 */
export function destinationName(text: string): string | null {
  const name = text.replace(/^ods\./i, '').toLowerCase()
  return /^[a-z_][a-z0-9_]{0,51}$/.test(name) ? name : null
}

/** Checks a row of config.ETL_Tables; CONFIG_INVALID lists every bad value with what it should be. */
export function parseEtlTable(row: ConfigRow): EtlTable {
  const cells = new Cells(row)
  const tableName = cells.parsed(
    'TableName',
    // It is the name of a folder and of a topic, too.
    (text) => (/^[^/\\\p{Cc}.][^/\\\p{Cc}]*$/u.test(text) ? text : null),
    'must be the name of a table, without / and \\'
  )
  const hasTimestamps = cells.flag('HasTimestamps')
  const table: EtlTable = {
    tableName,
    destinationTable: cells.parsed(
      'DestinationTable',
      (text) => (destinationName(text || tableName || 't') ? text || tableName : null),
      'must have letters, digits and _ only, 52 at most'
    ),
    primaryKey: cells.parsed(
      'PrimaryKeyCols',
      keyColumns,
      'must name at least one column, as in id or id1,id2'
    ),
    hasTimestamps,
    dateModifCol: cells.text('DateModifCol') || null,
    dateModifPrecision: cells.word('DateModifPrecision', ['datetime', 'date']),
    isDimension: cells.flag('IsDimension'),
    isFact: cells.flag('IsFact'),
    lookbackMs: cells.parsed(
      'LookbackInterval',
      (text) => intervalMs(text || '0d'),
      'must be like 0d, 1d or 12h'
    ),
    priority: cells.word('Priority', ['normal', 'high', 'critical']),
    slaMinutes:
      cells.parsed('SLA', slaMinutes, 'must be a number of minutes, or like 4h or 1d')?.minutes ?? null,
    keepHistory: cells.flag('KeepHistory')
  }
  if (hasTimestamps && table.dateModifCol === null)
    cells.problems.push('DateModifCol is needed while HasTimestamps is 1')
  if (cells.problems.length === 0) return table
  throw new CourantError(
    'CONFIG_INVALID',
    `Correct the row of table '${tableName}' in config.ETL_Tables: ${cells.problems.join('; ')}`
  )
}

/** A row of config.ETL_Columns. */
export function parseEtlColumn(row: ConfigRow): EtlColumn {
  const cells = new Cells(row)
  return {
    tableName: cells.text('TableName'),
    columnName: cells.text('ColumnName'),
    sqlName: cells.text('SqlName'),
    sourceExpression: cells.text('SourceExpression') || null,
    isExcluded: cells.flag('IsExcluded'),
    notes: cells.text('Notes') || null
  }
}

/** Minutes of `90`, `4h` or `1d`; none for an empty text, null for any other. */
function slaMinutes(text: string): { readonly minutes: number | null } | null {
  if (text === '') return { minutes: null }
  if (/^\d{1,6}$/.test(text)) return { minutes: Number(text) }
  const ms = intervalMs(text)
  return ms === null ? null : { minutes: ms / 60_000 }
}

/** A configuration row by its documented column names, whatever letter case the database gives them. */
class Cells {
  readonly problems: string[] = []
  readonly #byName: ReadonlyMap<string, unknown>

  constructor(row: ConfigRow) {
    this.#byName = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
  }

  text(name: string): string {
    const value = this.#byName.get(name.toLowerCase())
    if (typeof value === 'string') return value.trim()
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
  }

  flag(name: string): boolean {
    return ['1', 'true', 't', 'y', 'yes'].includes(this.text(name).toLowerCase())
  }

  /** One of the words; the first when there is no text. */
  word<W extends string>(name: string, words: readonly [W, ...W[]]): W {
    const text = this.text(name).toLowerCase()
    const found = words.find((word) => word === text)
    if (found === undefined && text !== '') this.problems.push(`${name} must be one of ${words.join(', ')}`)
    return found ?? words[0]
  }

  /** What the parser makes of the text; null or an empty list from it is a problem. */
  parsed<T>(name: string, parse: (text: string) => T | null, wanted: string): T {
    const value = parse(this.text(name))
    if (value === null || (Array.isArray(value) && value.length === 0))
      this.problems.push(`${name} ${wanted}`)
    return value as T
  }
}
