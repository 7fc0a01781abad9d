import { type Micros, keyText } from '../../schemas/change.ts'
import type { Summary } from '../state/key-state.ts'
import { joinOrdered, orderedInteger, plainInteger, splitOrdered } from '../state/ordered-key.ts'
import type { Connection } from './connection.ts'
import { type CursorPage, type KeyPage, type KeyValues, type Query, TableQueries } from './queries.ts'
import { hashRowText, parseRowText, printRowText } from './row-text.ts'
import type { SourceTable } from './source-table.ts'

/** A row as it was read. */
export interface TableRow {
  /** Order-preserving text (ordered-key.ts). */
  readonly key: string
  readonly hash: number
  /** In the order of the table's columns. */
  readonly values: readonly (string | null)[]
}

/** A part of the table in key order, its last key, or null when it is empty, and what the statement saw. */
export interface SummaryPage extends Summary {
  readonly last: string | null
  readonly snapshot: string
}

/** Rows in key order, and what the statement saw when that was asked for and there are any. */
export interface RowsPage {
  readonly rows: TableRow[]
  readonly snapshot: string | null
}

/** Keys in pages: after one (null before the first), up to one (null to the last). */
export interface KeyedPage {
  readonly after: string | null
  readonly upTo: string | null
  readonly limit: number
}

/** Reads one table: rows with their hash and key, in pages. */
export class TableRows {
  readonly table: SourceTable
  readonly #connection: Connection
  readonly #queries: TableQueries
  readonly #keyIndexes: readonly number[]
  readonly #cursorIndex: number
  readonly #isInteger: readonly boolean[]

  constructor(connection: Connection, table: SourceTable) {
    this.table = table
    this.#connection = connection
    this.#queries = new TableQueries(table)
    this.#keyIndexes = table.key.map(({ name }) => table.columns.indexOf(name))
    this.#cursorIndex = table.columns.indexOf(table.cursor?.name ?? '')
    this.#isInteger = table.key.map(({ order }) => order === 'integer')
  }

  /** The source's clock. */
  async clock(): Promise<Micros> {
    const micros = 'SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint'
    return Number((await this.#connection.rows('its clock', micros))[0]?.[0])
  }

  async pageByKey(page: KeyedPage, options: { hasSnapshot: boolean }): Promise<RowsPage> {
    const { text, values } = this.#queries.pageByKey(this.#keyPage(page), options.hasSnapshot)
    const rows = await this.#connection.rows(`a page by key of ${this.table.name}`, text, values)
    return { rows: rows.map(([row]) => this.#rowOf(row ?? '')), snapshot: rows[0]?.[1] ?? null }
  }

  async summaryByKey(page: KeyedPage): Promise<SummaryPage> {
    const { text, values } = this.#queries.summaryByKey(this.#keyPage(page))
    const doing = `a summary of ${this.table.name}`
    const [count, high, low, last, snapshot] = (await this.#connection.rows(doing, text, values))[0] ?? []
    return {
      count: Number(count),
      high: Number(high),
      low: Number(low),
      last: last ? this.orderedKey(parseRowText(last, this.table.key.length)) : null,
      snapshot: snapshot ?? ''
    }
  }

  /** Rows in the order of the cursor, and the last one's cursor as it is stored. */
  async pageByCursor(page: CursorPage): Promise<{ rows: TableRow[]; lastCursor: string | null }> {
    const { text, values } = this.#queries.pageByCursor(page)
    const rows = await this.#connection.rows(`a page by cursor of ${this.table.name}`, text, values)
    return { rows: rows.map(([row]) => this.#rowOf(row ?? '')), lastCursor: rows.at(-1)?.[1] ?? null }
  }

  /** The newest cursor as it is stored, when it is well after the source's clock; else null. */
  async newestAhead(): Promise<string | null> {
    const { text } = this.#queries.newestAhead()
    return (await this.#connection.rows(`the newest cursor of ${this.table.name}`, text))[0]?.[0] ?? null
  }

  byKeys(keys: readonly string[]): Promise<TableRow[]> {
    return this.#rows('rows by key', this.#queries.byKeys(keys.map((key) => this.keyValues(key))))
  }

  cursorOf(row: TableRow): string | null {
    return row.values[this.#cursorIndex] ?? null
  }

  /** The key columns' text of an ordered key. */
  keyValues(key: string): string[] {
    return splitOrdered(key, this.#isInteger.length).map((part, i) =>
      this.#isInteger[i] ? plainInteger(part) : part
    )
  }

  /** The key of a record on the topic. */
  recordKey(key: string): string {
    return keyText(this.keyValues(key))
  }

  orderedKey(values: KeyValues): string {
    return joinOrdered(
      values.map((value, i) => (this.#isInteger[i] ? orderedInteger(value ?? '') : (value ?? '')))
    )
  }

  /** The key columns' values out of a row's. */
  keyOf(values: TableRow['values']): KeyValues {
    return this.#keyIndexes.map((index) => values[index] ?? null)
  }

  /** A row that came column by column. */
  rowFrom(values: TableRow['values']): TableRow {
    return { key: this.orderedKey(this.keyOf(values)), hash: hashRowText(printRowText(values)), values }
  }

  #rowOf(text: string): TableRow {
    const values = parseRowText(text, this.table.columns.length)
    return { key: this.orderedKey(this.keyOf(values)), hash: hashRowText(text), values }
  }

  async #rows(what: string, { text, values }: Query): Promise<TableRow[]> {
    const rows = await this.#connection.rows(`${what} of ${this.table.name}`, text, values)
    return rows.map(([row]) => this.#rowOf(row ?? ''))
  }

  #keyPage({ after, upTo, limit }: KeyedPage): KeyPage {
    return {
      after: after === null ? null : this.keyValues(after),
      upTo: upTo === null ? null : this.keyValues(upTo),
      limit
    }
  }
}
