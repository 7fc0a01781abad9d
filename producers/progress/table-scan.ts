import { CourantError } from '../../runtime/errors.ts'
import type { Log } from '../../runtime/pipeline.ts'
import type { OdbcColumn, OdbcCursor, OdbcRows } from './odbc.ts'
import type { OdbcConnection } from './odbc-connection.ts'
import { RowTexts } from './row-texts.ts'
import type { Selection } from './selected-columns.ts'
import type { Statements } from './statements.ts'
import { translateError } from './translate-error.ts'

export interface ScanParts {
  readonly connection: OdbcConnection
  readonly log: Log
  /** For errors: schema and name. */
  readonly table: string
  readonly selection: Selection
  readonly statements: Statements
  readonly described: readonly OdbcColumn[]
  readonly fetchSize: number
}

/** A row as texts in the order of the run's columns. */
export type TextRow = readonly (string | null)[]

/**
 * Reads a run's rows through a cursor, in the order of their key, fetching one block ahead. After an error that passes
 * (a lock, a lost connection) the next page goes on behind the last row that was handed out.
 */
export class TableScan {
  readonly #parts: ScanParts
  readonly #texts: RowTexts
  readonly #keyPlaces: readonly number[]
  #cursor: OdbcCursor | null = null
  #ahead: Promise<OdbcRows> | null = null
  #after: readonly string[] | null = null
  #isDone = false
  #rows = 0

  constructor(parts: ScanParts) {
    const { table, selection, described } = parts
    this.#parts = parts
    this.#texts = new RowTexts(table, selection.selected, described)
    this.#keyPlaces = selection.key.map(({ sqlName }) =>
      selection.columns.findIndex((column) => column.sqlName === sqlName)
    )
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** Rows handed out so far. */
  get rows(): number {
    return this.#rows
  }

  /** Some next rows, about `limit`; none at the end. */
  async page(limit: number): Promise<readonly TextRow[]> {
    const page: TextRow[] = []
    try {
      while (!this.#isDone && page.length < limit) page.push(...(await this.#block()))
    } catch (error) {
      await this.close()
      if (page.length > 0 && isPassing(error)) {
        const { code, message } = error
        this.#parts.log.warn({ code }, `${message}; the scan goes on behind the last row`)
      } else throw error
    }
    return page
  }

  /** Columns of wide characters with text that filled its buffer, and how long that is. */
  get filled() {
    return this.#texts.filled
  }

  async close(): Promise<void> {
    const [cursor, ahead] = [this.#cursor, this.#ahead]
    this.#cursor = null
    this.#ahead = null
    await ahead?.catch(() => undefined)
    await cursor?.close().catch(() => undefined)
  }

  async #block(): Promise<TextRow[]> {
    const { connection, statements, fetchSize, table, log } = this.#parts
    if (!this.#cursor) {
      log.debug({ fetchSize }, 'opens a cursor')
      this.#cursor = await connection.cursor(statements.scan(this.#after), fetchSize, `rows of ${table}`)
    }
    const cells = await this.#fetched(this.#cursor)
    // With one row at a time the binding does not say before that it was the last one.
    this.#isDone = fetchSize === 1 ? cells.length === 0 : this.#cursor.noData
    if (this.#isDone) await this.close()
    else this.#fetchAhead(this.#cursor)
    const rows = cells.map((row) => this.#texts.of(row))
    this.#note(rows)
    return rows
  }

  async #fetched(cursor: OdbcCursor): Promise<OdbcRows> {
    const { connection, table } = this.#parts
    try {
      return await (this.#ahead ?? cursor.fetch())
    } catch (error) {
      const translated = translateError(error, `rows of ${table}`)
      if (isPassing(translated) && translated.details['isLocked'] !== true) await connection.close()
      throw translated
    }
  }

  #fetchAhead(cursor: OdbcCursor): void {
    this.#ahead = cursor.fetch()
    // Met when it is awaited; until then it must not count as unhandled.
    this.#ahead.catch(() => undefined)
  }

  #note(rows: readonly TextRow[]): void {
    const last = rows.at(-1)
    if (!last) return
    this.#rows += rows.length
    this.#after = this.#keyPlaces.map((place) => last[place] ?? '')
  }
}

const isPassing = (error: unknown): error is CourantError =>
  error instanceof CourantError && error.verdict === 'transient'
