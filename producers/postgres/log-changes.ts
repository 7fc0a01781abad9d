import type { Micros } from '../../schemas/change.ts'
import type { KeyEntry, Published } from '../state/key-state.ts'
import type { Ledger } from '../state/ledger.ts'
import { lsnText, parseLsn } from './lsn.ts'
import type { LogMessage, LogTuple } from './pgoutput.ts'
import type { ScannedPages } from './scanned-pages.ts'
import type { Finding, Found, TableChanges } from './table-changes.ts'
import type { TableRow, TableRows } from './table-rows.ts'

/** How far the log was read, as it is saved with the key state. */
export interface LogProgress {
  readonly mode: 'log'
  /** The scan to be finished before the log is read on. */
  readonly scan: { readonly isSnapshot: boolean; readonly startedAt: Micros; readonly after: string } | null
  /** The last scan's deletes were refused: the next start scans again, when they may have been confirmed. */
  readonly hasRefused?: boolean
  /** Transactions committed up to here may already show in the pages of the last scan. */
  readonly scannedTo: string | null
  /** All transactions that end before it are done. */
  readonly lsn: string
  /** The transaction that is done in part, and how many of its changes. */
  readonly partial: { readonly commitLsn: string; readonly done: number } | null
}

interface Transaction {
  readonly commitLsn: bigint
  readonly committedAt: Micros
  readonly xid: number
  seen: number
  hasTruncated: boolean
}

interface Parts {
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
    const found: Found[] = []
    for (const message of messages) {
      const change = await this.#take(message)
      if (change) found.push(change)
      if (this.#progress.scan) break
    }
    return found
  }

  async #take(message: LogMessage): Promise<Found | null> {
    switch (message.kind) {
      case 'begin':
        this.#transaction = { ...message, seen: 0, hasTruncated: false }
        return null
      case 'relation':
        this.#places = this.#parts.rows.table.columns.map((name) => message.columns.indexOf(name))
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

  #commit(endLsn: bigint): void {
    const { committedAt = 0, hasTruncated = false } = this.#transaction ?? {}
    this.#progress = {
      ...this.#progress,
      lsn: lsnText(endLsn),
      partial: null,
      scan: hasTruncated ? { isSnapshot: false, startedAt: committedAt, after: '' } : null
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

  async #change(message: LogMessage, transaction: Transaction): Promise<Found | null> {
    if (message.kind === 'truncate') transaction.hasTruncated = true
    if (message.kind === 'row') return this.#changed(message.values, transaction)
    return message.kind === 'delete' ? this.#deleted(message.key, transaction) : null
  }

  async #changed(tuple: LogTuple, transaction: Transaction): Promise<Found | null> {
    const row = await this.#rowOf(tuple)
    if (!row || this.#wasScanned(row.key, transaction)) return null
    return this.#remember(this.#parts.changes.changed(row, this.#published(row.key), finding(transaction)))
  }

  #deleted(tuple: LogTuple, transaction: Transaction): Found | null {
    const { rows, changes } = this.#parts
    const values = this.#values(tuple)
    const key = rows.orderedKey(rows.keyOf(values))
    if (this.#wasScanned(key, transaction)) return null
    return this.#remember(changes.deleted(key, this.#published(key), finding(transaction)))
  }

  // An unchanged TOAST value is not in the log: it is the row's present one, or there is a delete to come.
  async #rowOf(tuple: LogTuple): Promise<TableRow | null> {
    const { rows } = this.#parts
    const values = this.#values(tuple)
    if (!tuple.includes(undefined)) return rows.rowFrom(values)
    const [present] = await rows.byKeys([rows.orderedKey(rows.keyOf(values))])
    if (!present) return null
    return rows.rowFrom(
      values.map((value, i) =>
        tuple[this.#places[i] ?? -1] === undefined ? (present.values[i] ?? null) : value
      )
    )
  }

  #values(tuple: LogTuple): (string | null)[] {
    return this.#places.map((place) => tuple[place] ?? null)
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

const finding = ({ committedAt }: Transaction): Finding => ({
  snapshot: 'false',
  startedAt: committedAt,
  isExact: true
})
