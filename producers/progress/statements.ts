import type { ErpType } from '../../schemas/erp/columns.ts'
import type { SelectedColumn, Selection } from './selected-columns.ts'
import { quoted, textLiteral } from './sql-text.ts'

/** Which rows of a table: all, those changed at or after a bound, or those after a key in its order. */
export interface RowsWanted {
  /** Text of a date or timestamp. */
  readonly changedFrom: string | null
  readonly isDate: boolean
}

/** The statements of a run over one table. */
export class Statements {
  readonly #from: string
  readonly #selection: Selection
  readonly #where: string

  constructor(table: { schema: string; name: string }, selection: Selection, wanted: RowsWanted) {
    this.#from = `${quoted(table.schema)}.${quoted(table.name)}`
    this.#selection = selection
    this.#where = changedWhere(selection, wanted)
  }

  /** No rows: for what the driver says of the columns. */
  get describe(): string {
    return `SELECT ${this.#list} FROM ${this.#from} WHERE 1 = 0`
  }

  /** Rows in the order of the key, after a key's texts when there is one. */
  scan(after: readonly string[] | null): string {
    const { key } = this.#selection
    const conditions = [this.#where, after && afterKey(key, after)].filter(Boolean)
    const where = conditions.length > 0 ? ` WHERE ${conditions.map((text) => `(${text})`).join(' AND ')}` : ''
    return `SELECT ${this.#list} FROM ${this.#from}${where} ORDER BY ${key.map(({ expression }) => expression).join(', ')}`
  }

  /**
   * One row: rows, different keys, rows whose key has an unknown part. Text is compared without letter case and
   * trailing blanks, as OpenEdge and SQL Server do.
   */
  get keySummary(): string {
    const { key } = this.#selection
    const names = key.map((_, n) => `k${n + 1}`)
    const parts = key.map((column, n) => `${foldedKey(column)} AS ${names[n]}`)
    const unknown = names.map((name) => `g.${name} IS NULL`).join(' OR ')
    const where = this.#where ? ` WHERE ${this.#where}` : ''
    const groups = names.map((name) => `s.${name}`).join(', ')
    return (
      `SELECT SUM(g.n), COUNT(*), SUM(CASE WHEN ${unknown} THEN g.n ELSE 0 END) FROM ` +
      `(SELECT ${groups}, COUNT(*) AS n FROM (SELECT ${parts.join(', ')} FROM ${this.#from}${where}) s GROUP BY ${groups}) g`
    )
  }

  get count(): string {
    return `SELECT COUNT(*) FROM ${this.#from}${this.#where ? ` WHERE ${this.#where}` : ''}`
  }

  /** How many of the rows have longer text in a column than its driver says. */
  countLonger(column: SelectedColumn, length: number): string {
    const where = this.#where ? `(${this.#where}) AND ` : ''
    return `SELECT COUNT(*) FROM ${this.#from} WHERE ${where}LENGTH(${column.expression}) > ${length}`
  }

  /** One row: characters of the longest text of each column. */
  longest(columns: readonly SelectedColumn[]): string {
    const list = columns.map(({ expression }) => `MAX(LENGTH(${expression}))`).join(', ')
    return `SELECT ${list} FROM ${this.#from}`
  }

  get #list(): string {
    return this.#selection.selected
      .map((column) => `${selectExpression(column)} AS ${quoted(column.sqlName)}`)
      .join(', ')
  }
}

/** Digits a decimal's text needs beside its own: sign and point. */
const decimalExtra = 3
const widestDecimal = 50

/** A decimal is cast to text, because the binding would make a double of it. */
function selectExpression({ source, expression }: SelectedColumn): string {
  if (source.type !== 'decimal' || source.extent > 0) return expression
  return `CAST(${expression} AS VARCHAR(${(source.width ?? widestDecimal) + decimalExtra}))`
}

// A row that was never dated would never arrive by its date.
function changedWhere({ modified }: Selection, { changedFrom, isDate }: RowsWanted): string {
  if (changedFrom === null || modified === null) return ''
  const bound = isDate ? `{d '${changedFrom}'}` : `{ts '${changedFrom}'}`
  return `${modified.expression} >= ${bound} OR ${modified.expression} IS NULL`
}

const foldedKey = (column: SelectedColumn) =>
  column.source.type === 'text' ? `RTRIM(LOWER(${column.expression}))` : column.expression

/** Keys after one, in the order of its columns: a > 1 OR (a = 1 AND b > 2). */
function afterKey(key: readonly SelectedColumn[], after: readonly string[]): string {
  const literals = key.map(({ source }, n) => literal(source.type, after[n] ?? ''))
  return key
    .map((column, n) => {
      const equal = key.slice(0, n).map((other, m) => `${other.expression} = ${literals[m]}`)
      return `(${[...equal, `${column.expression} > ${literals[n]}`].join(' AND ')})`
    })
    .join(' OR ')
}

const plain = /^-?\d+(\.\d+)?$/

function literal(type: ErpType, text: string): string {
  if (type === 'date') return `{d '${text}'}`
  if (type === 'timestamp' || type === 'timestamptz') return `{ts '${text}'}`
  if (type === 'time') return `{t '${text}'}`
  return type !== 'text' && plain.test(text) ? text : textLiteral(text)
}
