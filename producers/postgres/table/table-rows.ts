import { CourantError } from '../../../runtime/errors.ts'
import { type Micros, keyText } from '../../../schemas/change.ts'
import type { Summary } from '../../state/key-state.ts'
import { joinOrdered, orderedInteger, plainInteger, splitOrdered } from '../../state/ordered-key.ts'
import type { Connection, TextRow } from '../connection.ts'
import { type CursorPage, type KeyPage, type KeyValues, type Query, TableQueries } from '../poll/queries.ts'
import { hashRowText, parseRowText, printRowText } from './row-text.ts'
import type { SourceTable } from './source-table.ts'
import { isUnreadable } from '../translate-error.ts'

/** A row as it was read. */
export interface TableRow {
  /** Order-preserving text (ordered-key.ts). */
  readonly key: string
  readonly hash: number
  /** In the order of the table's columns. */
  readonly values: readonly (string | null)[]
  /** Why the server cannot give the row; its values are those of its key alone. */
  readonly error?: CourantError
}

/** A part of the table in key order, its last key, or null when it is empty, and what the statement saw. */
export interface SummaryPage extends Summary {
  readonly last: string | null
  readonly snapshot: string
}

/** Rows of a page, some of which may have an error. */
interface Page {
  readonly rows: readonly TableRow[]
  /** How many rows the page has; one that went while its neighbours were read apart is none of `rows`. */
  readonly given: number
  /** The key of the last of them; null when there is none. */
  readonly last: string | null
}

/** Rows in key order, and what the statement saw when that was asked for and there are any. */
interface KeyPageRows extends Page {
  readonly snapshot: string | null
}

/** Rows in the order of the cursor, and the last one's cursor as it is stored. */
interface CursorPageRows extends Page {
  readonly lastCursor: string | null
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

  /** Rows that cannot be read are among them, with the reason. */
  async pageByKey(page: KeyedPage, options: { hasSnapshot: boolean }): Promise<KeyPageRows> {
    const keyPage = this.#keyPage(page)
    const { found, texts } = await this.#page(`a page by key of ${this.table.name}`, (keysOnly) =>
      this.#queries.pageByKey(keyPage, { ...options, keysOnly })
    )
    return { ...found, snapshot: texts[0]?.[1] ?? null }
  }

  /** Null where a value keeps the server from it: then only the rows themselves can be compared. */
  async summaryByKey(page: KeyedPage): Promise<SummaryPage | null> {
    const query = this.#queries.summaryByKey(this.#keyPage(page))
    const found = await this.#apart(
      () => this.#textRows(`a summary of ${this.table.name}`, query),
      async () => null
    )
    if (!found) return null
    const [count, high, low, last, snapshot] = found[0] ?? []
    return {
      count: Number(count),
      high: Number(high),
      low: Number(low),
      last: last ? this.orderedKey(parseRowText(last, this.table.key.length)) : null,
      snapshot: snapshot ?? ''
    }
  }

  /** The same in the order of the cursor. */
  async pageByCursor(page: CursorPage): Promise<CursorPageRows> {
    const { found, texts } = await this.#page(`a page by cursor of ${this.table.name}`, (keysOnly) =>
      this.#queries.pageByCursor(page, { keysOnly })
    )
    return { ...found, lastCursor: texts.at(-1)?.[1] ?? null }
  }

  /** A page as a whole; else its keys, and the rows of these apart. */
  async #page(
    doing: string,
    queryOf: (keysOnly: boolean) => Query
  ): Promise<{ readonly found: Page; readonly texts: readonly TextRow[] }> {
    return this.#apart(
      async () => {
        const texts = await this.#textRows(doing, queryOf(false))
        const rows = texts.map(([row]) => this.#rowOf(row ?? ''))
        return { texts, found: { rows, given: rows.length, last: rows.at(-1)?.key ?? null } }
      },
      async () => {
        const texts = await this.#textRows(doing, queryOf(true))
        const width = this.table.key.length
        const keys = texts.map(([row]) => this.orderedKey(parseRowText(row ?? '', width)))
        const rows = new Map((await this.byKeysApart(keys)).map((row) => [row.key, row]))
        const found = { given: keys.length, last: keys.at(-1) ?? null }
        return { texts, found: { ...found, rows: keys.flatMap((key) => rows.get(key) ?? []) } }
      }
    )
  }

  /** The newest cursor as it is stored, when it is well after the source's clock; else null. */
  async newestAhead(): Promise<string | null> {
    const { text } = this.#queries.newestAhead()
    return (await this.#connection.rows(`the newest cursor of ${this.table.name}`, text))[0]?.[0] ?? null
  }

  /** Throws VALUE_UNREADABLE where one of them cannot be read. */
  async byKeys(keys: readonly string[]): Promise<TableRow[]> {
    const query = this.#queries.byKeys(keys.map((key) => this.keyValues(key)))
    const rows = await this.#textRows(`rows by key of ${this.table.name}`, query)
    return rows.map(([row]) => this.#rowOf(row ?? ''))
  }

  /** Of those that cannot be read the key and the reason. They are found by halving, and the others read without them. */
  async byKeysApart(keys: readonly string[]): Promise<TableRow[]> {
    return this.#apart(
      () => this.byKeys(keys),
      async (error) => {
        const [only] = keys
        if (keys.length === 1 && only !== undefined) return [this.#unreadable(only, error)]
        const half = keys.length >> 1
        return [
          ...(await this.byKeysApart(keys.slice(0, half))),
          ...(await this.byKeysApart(keys.slice(half)))
        ]
      }
    )
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

  /** What one value does not let the server do as a whole is done in another way; its neighbours must not wait for it. */
  async #apart<T>(whole: () => Promise<T>, apart: (error: CourantError) => Promise<T>): Promise<T> {
    try {
      return await whole()
    } catch (error) {
      if (!isUnreadable(error)) throw error
      return apart(error)
    }
  }

  /** Its hash is the reason's, so that it is told of once, and again when the reason is another. */
  #unreadable(key: string, cause: CourantError): TableRow {
    const { sqlState } = cause.details
    const error = new CourantError(
      'VALUE_UNREADABLE',
      `PostgreSQL cannot give a row of ${this.table.name}, whose key is this record's: correct its values at the source ` +
        `(SQLSTATE ${String(sqlState)}); it is read again once it can be`,
      { cause, details: { sqlState } }
    )
    const keys = this.keyValues(key)
    const values = this.table.columns.map((_, at) => keys[this.#keyIndexes.indexOf(at)] ?? null)
    return { key, hash: hashRowText(`unreadable ${String(sqlState)}`), values, error }
  }

  #textRows(doing: string, { text, values }: Query): Promise<TextRow[]> {
    return this.#connection.rows(doing, text, values)
  }

  #keyPage({ after, upTo, limit }: KeyedPage): KeyPage {
    return {
      after: after === null ? null : this.keyValues(after),
      upTo: upTo === null ? null : this.keyValues(upTo),
      limit
    }
  }
}
