import { CourantError } from '../../../runtime/errors.ts'
import type { Micros } from '../../../schemas/change.ts'
import type { KeyEntry, Published } from '../../state/key-state.ts'
import type { Ledger } from '../../state/ledger.ts'
import { lsnText, parseLsn } from './lsn.ts'
import type { LogMessage, LogTuple } from './pgoutput.ts'
import type { ScannedPages } from '../poll/scanned-pages.ts'
import type { Finding, Found, TableChanges } from '../table/table-changes.ts'
import type { TableRow, TableRows } from '../table/table-rows.ts'

/** How far the log was read, as it is saved with the key state. */
export interface LogProgress {
  readonly mode: 'log'
  /** The scan to be finished before the log is read on. */
  readonly scan: {
    readonly isSnapshot: boolean
    readonly startedAt: Micros
    readonly after: string | null
  } | null
  /** The last scan's deletes were refused: the next start scans again, when they may have been confirmed. */
  readonly hasRefused?: boolean
  /** Transactions committed up to here may already show in the pages of the last scan. */
  readonly scannedTo: string | null
  /** All transactions that end before it are done. */
  readonly lsn: string
  /** The transaction that is done in part, and how many of its changes. */
  readonly partial: { readonly commitLsn: string; readonly done: number } | null
  /** The publication's list of columns under which the log was read (publication.ts). */
  readonly publication?: string
  /** The table's partitions when the last scan began (publication.ts). */
  readonly partitions?: string
}

/** Rows of which the log leaves out large values are looked up so many at a time: each may be of megabytes. */
const lookedUpAtOnce = 200

type RowsByKey = Map<string, TableRow['values'] | null>

interface Transaction {
  readonly commitLsn: bigint
  readonly committedAt: Micros
  readonly xid: number
  seen: number
  hasTruncated: boolean
}

interface Parts {
  /** The published columns by their names now, in the order of the log's tuples. */
  readonly publishedColumns: () => Promise<readonly string[]>
  readonly rows: TableRows
  readonly changes: TableChanges
  readonly ledger: Ledger
  readonly pages: ScannedPages
}

/** Makes changes of the messages of one stream, and keeps count of how far it has got. */
export class LogChanges {
  readonly #parts: Parts
  #progress: LogProgress
  #transaction: Transaction | null = null
  /** Where each of the table's columns is in the log's tuples. */
  #places: readonly number[] = []
  /** Entries of the batch in the making, which the ledger does not know yet. */
  #entries = new Map<string, KeyEntry>()
  /** Rows of which the batch in the making leaves values out, as they are in the table; null are those that are gone. */
  #present: RowsByKey = new Map()
  /** Those of them that the batch has told of so far. */
  #told: RowsByKey = new Map()

  constructor(parts: Parts, progress: LogProgress) {
    this.#parts = parts
    this.#progress = progress
  }

  get progress(): LogProgress {
    return this.#progress
  }

  /** The changes that messages mean. After a TRUNCATE it stops and asks for a scan in its progress. */
  async of(messages: readonly LogMessage[]): Promise<Found[]> {
    this.#entries = new Map()
    this.#present = await this.#lookUp(messages)
    const found: Found[] = []
    for (const message of messages) {
      if (message.kind === 'relation') this.#places = await this.#placesIn(message.columns)
      const change = this.#take(message)
      if (change) found.push(change)
      if (this.#progress.scan) break
    }
    this.#present.clear()
    this.#told.clear()
    return found
  }

  #take(message: LogMessage): Found | null {
    switch (message.kind) {
      case 'begin':
        this.#transaction = { ...message, seen: 0, hasTruncated: false }
        return null
      case 'relation':
        return null
      case 'commit':
        this.#commit(message.endLsn)
        return null
      default:
        return this.#transaction && this.#isNew(this.#transaction)
          ? this.#change(message, this.#transaction)
          : null
    }
  }

  /**
   * The log has the names of when it was written. A column that had another name then is known by its place: the
   * publication lists the same columns as long as the log is read.
   */
  async #placesIn(columns: readonly string[]): Promise<readonly number[]> {
    const { table } = this.#parts.rows
    if (table.columns.every((name) => columns.includes(name)))
      return table.columns.map((name) => columns.indexOf(name))
    const published = await this.#parts.publishedColumns()
    const missing = table.columns.filter((name) => !published.includes(name))
    if (missing.length > 0 || published.length !== columns.length) throw columnsGone(table.name, missing)
    return table.columns.map((name) => published.indexOf(name))
  }

  #commit(endLsn: bigint): void {
    const { committedAt = 0, hasTruncated = false } = this.#transaction ?? {}
    this.#progress = {
      ...this.#progress,
      lsn: lsnText(endLsn),
      partial: null,
      scan: hasTruncated ? { isSnapshot: false, startedAt: committedAt, after: null } : null
    }
    this.#transaction = null
  }

  /** Whether this change of a transaction was not handed out before a restart. */
  #isNew(transaction: Transaction): boolean {
    const commitLsn = lsnText(transaction.commitLsn)
    const { partial } = this.#progress
    transaction.seen++
    if (partial?.commitLsn === commitLsn && transaction.seen <= partial.done) return false
    this.#progress = { ...this.#progress, partial: { commitLsn, done: transaction.seen } }
    return true
  }

  #change(message: LogMessage, transaction: Transaction): Found | null {
    if (message.kind === 'truncate') transaction.hasTruncated = true
    if (message.kind === 'row') return this.#changed(message.values, transaction)
    return message.kind === 'delete' ? this.#deleted(message.key, transaction) : null
  }

  #changed(tuple: LogTuple, transaction: Transaction): Found | null {
    const row = this.#rowOf(tuple)
    if (!row || this.#wasScanned(row.key, transaction)) return null
    return this.#remember(this.#parts.changes.changed(row, this.#published(row.key), finding(transaction)))
  }

  #deleted(tuple: LogTuple, transaction: Transaction): Found | null {
    const { changes } = this.#parts
    const key = this.#keyOf(tuple, this.#places)
    this.#told.delete(key)
    if (this.#wasScanned(key, transaction)) return null
    return this.#remember(changes.deleted(key, this.#published(key), finding(transaction)))
  }

  // An unchanged TOAST value is not in the log: it is the one told before, else the row's present one, or there is a
  // delete to come.
  #rowOf(tuple: LogTuple): TableRow | null {
    const { rows } = this.#parts
    const key = this.#keyOf(tuple, this.#places)
    const known = this.#told.get(key) ?? this.#present.get(key)
    if (tuple.includes(undefined) && !known) return null
    const values = this.#places.map((place, i) => {
      const value = tuple[place]
      return value === undefined ? (known?.[i] ?? null) : value
    })
    if (this.#present.has(key)) this.#told.set(key, values)
    return rows.rowFrom(values)
  }

  /** One query for many, before any change is made: a query for each row would take most of the time. */
  async #lookUp(messages: readonly LogMessage[]): Promise<RowsByKey> {
    const present: RowsByKey = new Map()
    let places = this.#places
    for (const message of messages) {
      if (message.kind === 'relation') places = await this.#placesIn(message.columns)
      if (message.kind === 'row' && message.values.includes(undefined))
        present.set(this.#keyOf(message.values, places), null)
    }
    const keys = [...present.keys()]
    for (let from = 0; from < keys.length; from += lookedUpAtOnce)
      for (const { key, values } of await this.#parts.rows.byKeys(keys.slice(from, from + lookedUpAtOnce)))
        present.set(key, values)
    return present
  }

  #keyOf(tuple: LogTuple, places: readonly number[]): string {
    const { rows } = this.#parts
    return rows.orderedKey(rows.keyOf(places.map((place) => tuple[place] ?? null)))
  }

  #wasScanned(key: string, { commitLsn, xid }: Transaction): boolean {
    const { scannedTo } = this.#progress
    return scannedTo !== null && commitLsn <= parseLsn(scannedTo) && this.#parts.pages.showed(key, xid)
  }

  #published(key: string): Published | undefined {
    return this.#entries.get(key) ?? this.#parts.ledger.published([key]).get(key)
  }

  #remember(found: Found | null): Found | null {
    if (found) this.#entries.set(found.entry.key, found.entry)
    return found
  }
}

/** What a reader stops with when columns are no longer published under their names. */
export function columnsGone(table: string, missing: readonly string[]): CourantError {
  const named = missing.length > 0 ? `its columns ${missing.join(', ')}` : 'the columns of its .avsc file'
  return new CourantError(
    'SOURCE_REFUSED',
    `the log of ${table} no longer has ${named}: they were renamed or dropped, or the publication was changed. ` +
      'Undo that, or correct the .avsc file (and the topics), and start again; nothing is lost'
  )
}

const finding = ({ committedAt }: Transaction): Finding => ({
  snapshot: 'false',
  startedAt: committedAt,
  isExact: true
})
