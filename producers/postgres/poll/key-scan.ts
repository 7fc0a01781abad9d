import type { Context } from '../../../runtime/pipeline.ts'
import type { Micros } from '../../../schemas/change.ts'
import { deletesAllowed, mayDelete } from '../../../runtime/files/delete-guard.ts'
import type { KeyRange, Published, Summary } from '../../state/key-state.ts'
import type { Ledger } from '../../state/ledger.ts'
import type { Finding, Found, TableChanges } from '../table/table-changes.ts'
import type { TableRow, TableRows } from '../table/table-rows.ts'

/** A page of a scan that was read or found unchanged. */
export interface ScannedPage {
  /** Its last ordered key; null is the end of the table. */
  readonly upTo: string | null
  /** Which transactions it showed, as pg_current_snapshot prints it. */
  readonly snapshot: string
}

interface Parts {
  readonly context: Context
  readonly rows: TableRows
  readonly changes: TableChanges
  readonly ledger: Ledger
  /** Told of each page before its changes are handed out. */
  readonly onPage?: (page: ScannedPage) => void
}

export interface ScanStart {
  /** The first scan of a table publishes all of it and resumes where it was; later ones compare. */
  readonly isSnapshot: boolean
  readonly startedAt: Micros
  /** Ordered key to go on after; null for the first, since '' is a key. */
  readonly after: string | null
}

/** One step of a scan: what it found, and how many rows the source sent or summed up for it. */
export interface ScanStep {
  readonly found: readonly Found[]
  readonly rowsSent: number
  readonly rowsSummed: number
}

/**
 * One pass over a table in key order. A snapshot publishes each row. A comparison asks for count and summed hash of
 * each page of keys, reads only pages that differ from what was published, notes keys that are missing, and publishes
 * their deletes once the pass is complete, each key looked up again, if the delete guard allows.
 */
export class KeyScan {
  readonly isSnapshot: boolean
  readonly #parts: Parts
  readonly #finding: Finding
  #after: string | null
  #phase: 'rows' | 'missing' | 'done' = 'rows'
  #hasRefused = false

  constructor(parts: Parts, { isSnapshot, startedAt, after }: ScanStart) {
    this.#parts = parts
    this.isSnapshot = isSnapshot
    this.#finding = { startedAt, snapshot: isSnapshot ? 'true' : 'incremental' }
    this.#after = after
    parts.ledger.state.forgetMissing()
  }

  /** Ordered key up to which rows have been read. */
  get after(): string | null {
    return this.#after
  }

  get startedAt(): Micros {
    return this.#finding.startedAt
  }

  /** Whether the delete guard kept back what the pass was missing. */
  get hasRefused(): boolean {
    return this.#hasRefused
  }

  get isDone(): boolean {
    return this.#phase === 'done'
  }

  async step(limit: number): Promise<ScanStep> {
    if (this.#phase === 'missing') return this.#missing(limit)
    if (this.isSnapshot) return this.#differences(limit, null)
    const summary = await this.#parts.rows.summaryByKey({ after: this.#after, upTo: null, limit })
    if (!summary) return this.#differences(limit, null)
    const upTo = summary.count < limit ? null : summary.last
    const published = this.#parts.ledger.state.summary({ after: this.#after, upTo })
    if (!isSame(summary, published)) return this.#differences(limit, upTo)
    this.#parts.onPage?.({ upTo, snapshot: summary.snapshot })
    this.#goOn(upTo)
    return { found: [], rowsSent: 0, rowsSummed: summary.count }
  }

  async #differences(limit: number, bound: string | null): Promise<ScanStep> {
    const { onPage } = this.#parts
    const page = { after: this.#after, upTo: bound, limit }
    const { rows, given, last, snapshot } = await this.#parts.rows.pageByKey(page, {
      hasSnapshot: onPage !== undefined
    })
    const upTo = given < limit ? bound : (last ?? bound)
    if (snapshot !== null) onPage?.({ upTo, snapshot })
    const published = this.#publishedWithin({ after: this.#after, upTo }, rows)
    const found = rows.flatMap((row) => this.#changed(row, published.get(row.key)) ?? [])
    this.#goOn(upTo)
    return { found, rowsSent: rows.length, rowsSummed: this.isSnapshot ? 0 : rows.length }
  }

  /** What is published of a page's rows; on the way, keys of the range that the page lacks are noted. */
  #publishedWithin(range: KeyRange, rows: readonly TableRow[]): Map<string, Published> {
    const { ledger } = this.#parts
    const keys = rows.map((row) => row.key)
    const present = new Set(keys)
    const published = new Map<string, Published>()
    for (const entries of ledger.state.pages(range)) {
      const missing: string[] = []
      for (const entry of entries) {
        if (present.has(entry.key)) published.set(entry.key, entry)
        else if (entry.hash !== null) missing.push(entry.key)
      }
      if (!this.isSnapshot && missing.length > 0) ledger.state.addMissing(missing)
    }
    return ledger.withInFlight(published, keys)
  }

  async #missing(limit: number): Promise<ScanStep> {
    const { ledger, rows, changes } = this.#parts
    const keys = ledger.state.missing(this.#after, limit)
    const last = keys.at(-1)
    if (last === undefined) {
      this.#finish()
      return { found: [], rowsSent: 0, rowsSummed: 0 }
    }
    const present = new Map((await rows.byKeysApart(keys)).map((row) => [row.key, row]))
    const published = ledger.published(keys)
    const found = keys.flatMap((key) => {
      const row = present.get(key)
      const was = published.get(key)
      return (row ? this.#changed(row, was) : changes.deleted(key, was, this.#finding)) ?? []
    })
    this.#after = last
    return { found, rowsSent: present.size, rowsSummed: 0 }
  }

  #changed(row: TableRow, published: Published | undefined): Found | null {
    return this.#parts.changes.changed(row, published, this.#finding)
  }

  #goOn(upTo: string | null): void {
    if (upTo !== null) this.#after = upTo
    else if (this.isSnapshot) this.#finish()
    else this.#endRows()
  }

  #endRows(): void {
    const { context, ledger } = this.#parts
    const missing = ledger.state.missingCount()
    const live = missing === 0 ? 0 : ledger.state.summary({ after: null, upTo: null }).count
    this.#hasRefused = !mayDelete(context, { missing, live, allowed: deletesAllowed })
    if (this.#hasRefused) ledger.state.forgetMissing()
    this.#after = null
    this.#phase = 'missing'
  }

  #finish(): void {
    this.#parts.ledger.state.forgetMissing()
    this.#phase = 'done'
  }
}

function isSame(a: Summary, b: Summary): boolean {
  return a.count === b.count && a.high === b.high && a.low === b.low
}
