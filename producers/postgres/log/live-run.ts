import type { Context } from '../../../runtime/pipeline.ts'
import type { Micros } from '../../../schemas/change.ts'
import type { Ledger } from '../../state/ledger.ts'
import type { Connection } from '../connection.ts'
import { instantText } from '../table/instants.ts'
import { OpenTransactions } from '../poll/open-transactions.ts'
import type { CursorPage, KeyValues } from '../poll/queries.ts'
import { overlapMs } from '../settings.ts'
import type { Found, TableChanges } from '../table/table-changes.ts'
import type { TableRow, TableRows } from '../table/table-rows.ts'

/** How far the cursor has been read, as it is saved. */
export interface LivePosition {
  /** Everything committed by then, with a cursor up to then, was read. */
  readonly readTo: Micros
  /** Start of the oldest transaction that was open then. */
  readonly oldestOpen: Micros | null
}

interface Run {
  readonly from: string
  readonly to: Micros
  readonly oldestWriter: string
  readonly writtenSince: CursorPage['writtenSince']
  readonly generation: number
  after: { readonly cursor: string; readonly key: KeyValues } | null
}

interface Parts {
  readonly connection: Connection
  readonly context: Context
  readonly rows: TableRows
  readonly changes: TableChanges
  readonly ledger: Ledger
}

/**
 * Reads a table by its cursor, in runs: from where the last one ended, or the start of a transaction that ended since,
 * less the overlap, up to the source's clock when the run began. Why that loses nothing:
 * docs/decisions/2026-11-22-late-commits.md.
 */
export class LiveRun {
  readonly #parts: Parts
  readonly #transactions: OpenTransactions
  readonly #overlap: Micros
  #position: LivePosition | null
  #run: Run | null = null
  /** The last complete run on this connection: what it could see, later runs need not read again. */
  #seen: { readonly generation: number; readonly oldestWriter: string } | null = null

  constructor(parts: Parts, position: LivePosition | null) {
    this.#parts = parts
    this.#position = position
    this.#transactions = new OpenTransactions(parts.connection, parts.context)
    this.#overlap = parts.context.settings.number(overlapMs) * 1000
  }

  /** Null until the first snapshot has begun. */
  get position(): LivePosition | null {
    return this.#position
  }

  get isRunning(): boolean {
    return this.#run !== null
  }

  /** Fixes where live reading begins, before the first snapshot does; later it changes nothing. */
  async begin(): Promise<void> {
    if (this.#position) return
    const { now } = await this.#transactions.observe()
    this.#position = { readTo: now, oldestOpen: this.#transactions.oldest }
  }

  /** The changes among the next rows of the run; begins a new run when there is none. */
  async page(limit: number): Promise<Found[]> {
    const run = await this.#currentRun()
    const { rows, given, last, lastCursor } = await this.#parts.rows.pageByCursor({
      from: run.from,
      to: instantText(run.to),
      after: run.after,
      writtenSince: run.writtenSince,
      limit
    })
    if (run.generation !== this.#parts.connection.generation) this.#run = null
    else if (given < limit) this.#complete(run)
    else run.after = this.#placeOf(last, lastCursor)
    return this.#changesAmong(rows, run)
  }

  // A run cannot go on over a new connection: it may lead to another server that has seen less.
  async #currentRun(): Promise<Run> {
    if (this.#run?.generation !== this.#parts.connection.generation) this.#run = null
    this.#run ??= await this.#newRun()
    return this.#run
  }

  async #newRun(): Promise<Run> {
    const { now, oldestWriter, endedSince } = await this.#transactions.observe()
    const { generation } = this.#parts.connection
    const { readTo, oldestOpen } = this.#position ?? { readTo: now, oldestOpen: null }
    const isSame = this.#seen?.generation === generation
    const ended = isSame ? endedSince : oldestOpen
    return {
      from: instantText(Math.min(readTo, now, ended ?? now) - this.#overlap),
      to: now,
      oldestWriter,
      writtenSince:
        isSame && this.#seen ? { transaction: this.#seen.oldestWriter, readTo: instantText(readTo) } : null,
      generation,
      after: null
    }
  }

  #complete(run: Run): void {
    this.#position = { readTo: run.to, oldestOpen: this.#transactions.oldest }
    this.#seen = { generation: run.generation, oldestWriter: run.oldestWriter }
    this.#run = null
  }

  #placeOf(key: string | null, cursor: string | null): Run['after'] {
    return key !== null && cursor !== null ? { cursor, key: this.#parts.rows.keyValues(key) } : null
  }

  #changesAmong(rows: readonly TableRow[], run: Run): Found[] {
    const { ledger, changes, context } = this.#parts
    const published = ledger.published(rows.map((row) => row.key))
    const found = rows.flatMap(
      (row) => changes.changed(row, published.get(row.key), { snapshot: 'false', startedAt: run.to }) ?? []
    )
    context.metrics.count('source_rows_total', rows.length)
    context.metrics.count('source_repeats_total', rows.length - found.length)
    return found
  }
}
