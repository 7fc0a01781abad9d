import type { Batch, Reader, ReadRequest } from '../../../runtime/pipeline.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { Ledger } from '../../state/ledger.ts'
import { replicationConfig } from '../connection.ts'
import { findTable } from '../table/find-table.ts'
import { KeyScan, type ScannedPage } from '../poll/key-scan.ts'
import { columnsGone, LogChanges, type LogProgress } from './log-changes.ts'
import { LogStream } from './log-stream.ts'
import { lsnText, parseLsn } from './lsn.ts'
import { RateLimit } from '../poll/rate-limit.ts'
import { type ReaderParts, itemsOf, positionOf } from '../reader-parts.ts'
import { partitionsQuery, publicationQuery, publishedColumns } from './publication.ts'
import { openSlot } from './replication-slot.ts'
import { ScannedPages } from '../poll/scanned-pages.ts'
import * as names from '../settings.ts'
import { type Found, TableChanges } from '../table/table-changes.ts'

interface Bounds {
  readonly limit: number
  readonly signal: AbortSignal
}

/**
 * Reads a table's changes from the write-ahead log: a slot first, then a snapshot by key, then the log from the slot
 * on, less what the snapshot's pages showed. The server keeps the log until a batch is committed.
 */
export class LogReader implements Reader<RawChange> {
  readonly waits = true
  readonly readsAhead = true
  readonly #parts: ReaderParts
  readonly #ledger: Ledger
  readonly #changes: TableChanges
  readonly #pages: ScannedPages
  readonly #rateLimit: RateLimit
  #progress: LogProgress | null = null
  #slot = ''
  #scan: KeyScan | null = null
  #stream: LogStream | null = null
  #fromLog: LogChanges | null = null
  #reading: Promise<unknown> = Promise.resolve()

  constructor(parts: ReaderParts) {
    this.#parts = parts
    this.#ledger = new Ledger(parts.state)
    this.#changes = new TableChanges(parts.rows)
    this.#pages = new ScannedPages(parts.state)
    this.#rateLimit = new RateLimit(this.#number(names.maxRowsPerSecond))
  }

  read(request: ReadRequest): Promise<Batch<RawChange>> {
    const reading = this.#read(request)
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async commit(batch: Batch<RawChange>): Promise<void> {
    const token = positionOf(batch)
    if (token === undefined) return
    this.#ledger.commit(token)
    const saved = savedProgress(this.#parts.state.position())
    if (!saved) return
    this.#stream?.confirm(parseLsn(saved.lsn))
    if (saved.scannedTo && parseLsn(saved.lsn) > parseLsn(saved.scannedTo)) this.#pages.forget()
  }

  async close(): Promise<void> {
    const close = () => Promise.all([this.#stream?.close(), this.#parts.connection.close()])
    await close()
    await this.#reading
    await close()
    this.#parts.state.close()
  }

  async #read({ limit, signal }: ReadRequest): Promise<Batch<RawChange>> {
    const bounds = { limit: Math.min(limit, this.#number(names.pageRows)), signal }
    this.#progress ??= await this.#start()
    return this.#progress.scan ? this.#scanBatch(bounds) : this.#logBatch(this.#progress, bounds)
  }

  async #scanBatch(bounds: Bounds): Promise<Batch<RawChange>> {
    while (this.#progress?.scan) {
      bounds.signal.throwIfAborted()
      const found = await this.#readScan(this.#progress, bounds)
      if (found.length > 0) return this.#batchOf(found, false)
      if (this.#scan?.isDone && this.#ledger.hasInFlight) break
    }
    return { items: [], caughtUp: false }
  }

  async #logBatch(progress: LogProgress, bounds: Bounds): Promise<Batch<RawChange>> {
    const now = this.#stream?.isEmpty ? await this.#lookAtSource(progress) : null
    if (now && now.partitions !== (progress.partitions ?? '')) return this.#compare(progress)
    this.#stream?.ask()
    const found = await this.#readLog(progress, bounds)
    if (found.length > 0) return this.#batchOf(found, true)
    this.#confirmIdle()
    return { items: [], caughtUp: now !== null && this.#hasTaken(now.end) }
  }

  /** Whether all of the log up to a place was taken. */
  #hasTaken(end: bigint): boolean {
    const idleAt = this.#stream?.idleAt ?? null
    return idleAt !== null && idleAt >= end
  }

  /** Where to go on. A slot that is new, a state that did not follow one, or deletes that were refused need a scan first. */
  async #start(): Promise<LogProgress> {
    const { connection, context, rows, state } = this.#parts
    const isStateNew = state.position() === null
    const saved = savedProgress(state.position())
    const request = { table: rows.table, isStateNew, publication: saved?.publication }
    const slot = await openSlot(connection, context, request)
    const { publication } = slot
    this.#slot = slot.name
    if (saved && !slot.isNew && !saved.hasRefused) return { ...saved, publication }
    const scan = { isSnapshot: isStateNew, startedAt: await rows.clock(), after: null }
    const progress: LogProgress =
      saved && !slot.isNew
        ? { ...saved, publication, scan: saved.scan ?? scan, hasRefused: false }
        : { mode: 'log', scan, scannedTo: null, lsn: lsnText(slot.confirmed), partial: null, publication }
    this.#ledger.savePosition(JSON.stringify(progress))
    return progress
  }

  /** Scans again for what the log does not tell. */
  async #compare(progress: LogProgress): Promise<Batch<RawChange>> {
    const scan = { isSnapshot: false, startedAt: await this.#parts.rows.clock(), after: null }
    await this.#unfollow()
    this.#progress = { ...progress, scan }
    return { items: [], caughtUp: false }
  }

  async #readScan(progress: LogProgress, { limit, signal }: Bounds): Promise<readonly Found[]> {
    if (!progress.scan || this.#scan?.isDone) return this.#endScan(progress)
    await this.#rateLimit.ready(signal)
    this.#scan ??= await this.#newScan(progress, progress.scan)
    const scan = this.#scan
    const { found, rowsSent, rowsSummed } = await scan.step(limit)
    this.#rateLimit.add(rowsSent + rowsSummed)
    this.#parts.context.metrics.count('source_rows_total', rowsSent)
    if (scan.isSnapshot && this.#progress?.scan)
      this.#progress = { ...this.#progress, scan: { ...this.#progress.scan, after: scan.after } }
    return found
  }

  /** What an earlier scan showed no longer counts, nor up to where: its pages would be forgotten with those to come. */
  async #newScan(progress: LogProgress, scan: NonNullable<LogProgress['scan']>): Promise<KeyScan> {
    // A partition that is attached while the scan runs makes another list after it.
    if (!scan.after) {
      const { partitions } = await this.#lookAtSource(progress)
      this.#pages.forget()
      this.#progress = { ...progress, scannedTo: null, partitions }
    }
    const onPage = (page: ScannedPage) => this.#pages.add(page)
    // States of earlier versions have '' for the start.
    const start = { ...scan, after: scan.after || null }
    return new KeyScan({ ...this.#parts, changes: this.#changes, ledger: this.#ledger, onPage }, start)
  }

  /** That a scan has ended is saved before any of the log is handed out, or a restart would scan over it. */
  async #endScan(progress: LogProgress): Promise<readonly Found[]> {
    const hasRefused = this.#scan?.hasRefused ?? false
    this.#progress = { ...progress, scan: null, hasRefused, scannedTo: await this.#writtenTo() }
    this.#scan = null
    this.#ledger.savePosition(JSON.stringify(this.#progress))
    this.#parts.context.log.info({}, 'the scan is complete, the log is read from the slot on')
    return []
  }

  /**
   * Up to where the log is flushed, which is all that is sent, and the table's partitions, if it still is published as it
   * was.
   */
  async #lookAtSource({ publication }: LogProgress): Promise<{ end: bigint; partitions: string }> {
    const { connection, rows } = this.#parts
    const { name, columns } = rows.table
    const query = `SELECT pg_current_wal_flush_lsn(), ${publicationQuery}, ${partitionsQuery}`
    const [row] = await connection.rows('the end of the log', query, [this.#slot, name])
    const [end, found, partitions] = row ?? []
    if (publication === undefined || found === publication)
      return { end: parseLsn(end ?? ''), partitions: partitions ?? '' }
    const present = (await findTable(connection, name))?.columns
    throw columnsGone(
      name,
      columns.filter((column) => !present?.has(column))
    )
  }

  /** Up to where the log is written. */
  async #writtenTo(): Promise<string> {
    const query = 'SELECT pg_current_wal_insert_lsn()'
    return (await this.#parts.connection.rows('the end of the log', query))[0]?.[0] ?? ''
  }

  // A stream that failed, or whose messages could not all be turned, is read again from where the last batch ended.
  async #readLog(progress: LogProgress, { limit, signal }: Bounds): Promise<readonly Found[]> {
    const { stream, fromLog } = this.#followed(progress)
    try {
      const messages = await stream.take(limit, { waitMs: this.#number(names.pollMs), signal })
      signal.throwIfAborted()
      const found = await fromLog.of(messages)
      this.#progress = fromLog.progress
      if (fromLog.progress.scan) await this.#unfollow()
      return found
    } catch (error) {
      await this.#unfollow()
      throw error
    }
  }

  #followed(progress: LogProgress): { stream: LogStream; fromLog: LogChanges } {
    const { context, rows, connection } = this.#parts
    this.#stream ??= new LogStream({
      client: replicationConfig(context.settings, context.pipeline),
      slot: this.#slot,
      publication: this.#slot,
      from: parseLsn(progress.lsn)
    })
    this.#fromLog ??= new LogChanges(
      {
        publishedColumns: () => publishedColumns(connection, this.#slot),
        rows,
        changes: this.#changes,
        ledger: this.#ledger,
        pages: this.#pages
      },
      progress
    )
    return { stream: this.#stream, fromLog: this.#fromLog }
  }

  async #unfollow(): Promise<void> {
    const stream = this.#stream
    this.#stream = null
    this.#fromLog = null
    await stream?.close()
  }

  /** While this table is quiet, others write: the server may forget their log too. */
  #confirmIdle(): void {
    const idleAt = this.#stream?.idleAt
    if (idleAt && !this.#ledger.hasInFlight) this.#stream?.confirm(idleAt)
  }

  #batchOf(found: readonly Found[], comesAgain: boolean): Batch<RawChange> {
    const position = JSON.stringify(this.#progress)
    const handedOut = itemsOf(this.#parts, this.#ledger, { found, position, comesAgain })
    return { ...handedOut, caughtUp: false }
  }

  #number(setting: typeof names.pollMs): number {
    return this.#parts.context.settings.number(setting)
  }
}

/** The saved position, or null when there is none or it was saved by polling. */
function savedProgress(position: string | null): LogProgress | null {
  const saved = position === null ? null : (JSON.parse(position) as Partial<LogProgress>)
  return saved?.mode === 'log' ? (saved as LogProgress) : null
}
