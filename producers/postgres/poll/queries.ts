import { cursorSql, publishedSql } from '../table/zones.ts'
import { type KeyColumn, orderedColumn, printedSql, quoteName } from './key-column.ts'
import { type SourceTable } from '../table/source-table.ts'

/** A statement and its parameters. */
export interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Key columns' values as text, in the order of the key. */
export type KeyValues = readonly (string | null)[]

/** Collects parameters and gives their placeholders. */
class Parameters {
  readonly values: unknown[] = []

  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** Through the column's type, so that a key out of a row is the same text as the column it is compared with. */
const typed = (placeholder: string, { type, order }: KeyColumn): string =>
  order === 'printed' ? printedSql(`${placeholder}::${type}`, type) : `${placeholder}::${type}`

/** `hashRowText` in SQL. */
const hashOf = (text: string): string => `('x' || left(md5(${text}), 13))::bit(52)::bigint`

export interface KeyPage {
  /** Keys after these values; null starts at the first. */
  readonly after: KeyValues | null
  /** Up to and with these values; null goes to the last. */
  readonly upTo: KeyValues | null
  readonly limit: number
}

/** Which transactions a statement saw, as a column of its result; evaluated once. */
const snapshotColumn = '(SELECT pg_current_snapshot()::text)'

export interface CursorPage {
  /** First and last cursor of the run, both within it. */
  readonly from: string
  readonly to: string
  /** The last row of the page before: its cursor as it is stored, and its key. */
  readonly after: { readonly cursor: string; readonly key: KeyValues } | null
  /** Rows not after `readTo` count only when they were written by this transaction or a later one. */
  readonly writtenSince: { readonly transaction: string; readonly readTo: string } | null
  readonly limit: number
}

/** The statements of one table. Each row is its text (row-text.ts); pages are by key or by cursor and key. */
export class TableQueries {
  readonly #table: SourceTable
  readonly #row: string
  /** The row's key alone, which can be read whatever is in the rest of it. */
  readonly #keyRow: string
  readonly #orderedKey: readonly string[]

  constructor(table: SourceTable) {
    this.#table = table
    const { columns, zoneless, zone } = table
    const shown = columns.map((name) => publishedSql(quoteName(name), zoneless.includes(name), zone))
    this.#row = `ROW(${shown.join(', ')})::text`
    this.#keyRow = `ROW(${table.key.map(({ name }) => quoteName(name)).join(', ')})::text`
    this.#orderedKey = table.key.map(orderedColumn)
  }

  /** With the snapshot as a second column if asked; of the rows their keys alone if asked. */
  pageByKey(
    page: KeyPage,
    { hasSnapshot, keysOnly = false }: { hasSnapshot: boolean; keysOnly?: boolean }
  ): Query {
    const parameters = new Parameters()
    const row = keysOnly ? this.#keyRow : this.#row
    const columns = hasSnapshot ? `${row}, ${snapshotColumn}` : row
    const text = `SELECT ${columns} FROM ${this.#table.name} ${this.#keyRange(page, parameters)}`
    return { text, values: parameters.values }
  }

  /** One row: count and summed hash halves of a page by key, the text of its last key as a row, the snapshot. */
  summaryByKey(page: KeyPage): Query {
    const parameters = new Parameters()
    const text = `SELECT count(*), coalesce(sum(hash >> 26), 0), coalesce(sum(hash & 67108863), 0),
        (array_agg(key))[count(*)], ${snapshotColumn}
      FROM (SELECT ${this.#keyRow} AS key, ${hashOf(this.#row)} AS hash
        FROM ${this.#table.name} ${this.#keyRange(page, parameters)}) AS page`
    return { text, values: parameters.values }
  }

  /** With the cursor as it is stored as a second column; of the rows their keys alone if asked. */
  pageByCursor({ from, to, after, writtenSince, limit }: CursorPage, { keysOnly = false } = {}): Query {
    const { name, cursor, zone } = this.#table
    if (!cursor) throw new Error(`${name} has no cursor`)
    const column = quoteName(cursor.name)
    const parameters = new Parameters()
    const cursorOf = cursorSql(cursor.type, zone)
    const conditions = [
      `${column} >= ${cursorOf.first(parameters.add(from))}`,
      `${column} <= ${cursorOf.last(parameters.add(to))}`
    ]
    if (after)
      conditions.push(
        `(${[column, ...this.#orderedKey].join(', ')}) > ` +
          `(${[`${parameters.add(after.cursor)}::${cursor.type}`, ...this.#keyAt(after.key, parameters)].join(', ')})`
      )
    if (writtenSince)
      conditions.push(
        `(${column} > ${cursorOf.at(parameters.add(writtenSince.readTo))} ` +
          `OR age(xmin) <= age(${parameters.add(writtenSince.transaction)}::xid))`
      )
    const row = keysOnly ? this.#keyRow : this.#row
    const text = `SELECT ${row}, ${column}::text FROM ${name} WHERE ${conditions.join(' AND ')}
      ORDER BY ${[column, ...this.#orderedKey].join(', ')} LIMIT ${parameters.add(limit)}`
    return { text, values: parameters.values }
  }

  /** The newest cursor, when it is more than a while after the source's clock. */
  newestAhead(): Query {
    const { name, cursor, zone } = this.#table
    if (!cursor) throw new Error(`${name} has no cursor`)
    const column = quoteName(cursor.name)
    const ahead = cursorSql(cursor.type, zone).last(`(statement_timestamp() + interval '10 minutes')`)
    const text = `SELECT max(${column})::text FROM ${name} WHERE ${column} > ${ahead} AND isfinite(${column})`
    return { text, values: [] }
  }

  /** The rows that have these keys. */
  byKeys(keys: readonly KeyValues[]): Query {
    const { name, key } = this.#table
    const columns = key.map((column) => quoteName(column.name)).join(', ')
    const lists = key.map((column, i) => `unnest($${i + 1}::text[])::${column.type}`)
    const text = `SELECT ${this.#row} FROM ${name} WHERE (${columns}) IN (SELECT ${lists.join(', ')})`
    return { text, values: key.map((_, i) => keys.map((values) => values[i])) }
  }

  #keyRange({ after, upTo, limit }: KeyPage, parameters: Parameters): string {
    const key = `(${this.#orderedKey.join(', ')})`
    const conditions = [
      ...(after ? [`${key} > (${this.#keyAt(after, parameters).join(', ')})`] : []),
      ...(upTo ? [`${key} <= (${this.#keyAt(upTo, parameters).join(', ')})`] : [])
    ]
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    return `${where} ORDER BY ${this.#orderedKey.join(', ')} LIMIT ${parameters.add(limit)}`
  }

  #keyAt(values: KeyValues, parameters: Parameters): string[] {
    return this.#table.key.map((column, i) => typed(parameters.add(values[i]), column))
  }
}
