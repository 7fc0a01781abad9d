import type { Micros } from '../../schemas/change.ts'
import type { KeyState } from '../state/key-state.ts'
import type { FullProgress } from './progress.ts'
import {
  afterToken,
  keyOfRingKey,
  ringPart,
  type TokenRange,
  tokenOf,
  tokenOfRingKey,
  tokenText
} from './ring.ts'
import { SeenKeys } from './seen-keys.ts'
import type { Source } from './source.ts'
import type { SourceRow } from './source-row.ts'

export interface FullPage {
  readonly rows: readonly SourceRow[]
  /** Keys (of the ring) whose rows are gone: not found by the scan, and not by a look of their own. */
  readonly gone: readonly string[]
  /** How many rows were read to get there, for the rate limit. */
  readonly scanned: number
}

type Phase = 'scan' | 'deletes' | 'end'

const KEYS_CONFIRMED_AT_ONCE = 256
const LOOKUPS_IN_FLIGHT = 16

/** How far one part of the ring is read. */
interface PartInHand {
  readonly range: TokenRange
  page: string | null
  /** Up to which token the state is compared. */
  readUpTo: string
  /** Like readUpTo, but it stays before the first missing key. */
  settledAt: string | null
  hasMissing: boolean
}

/**
 * Reads a whole table by parts of the token ring and compares it with the state: what differs is given as a row, what
 * the state has and a completed stretch of the scan has not is noted as missing. After the last part each missing key
 * is looked up by itself, and only what that does not find either is gone.
 */
export class FullPass {
  readonly #source: Source
  readonly #state: KeyState
  readonly #mayDelete: (missing: number) => boolean
  readonly #progress: Omit<FullProgress, 'todo' | 'at'>
  readonly #todo: number[]
  /** Parts in which a key was missed; they are read again when the pass is cut off before its deletes. */
  readonly #incomplete: number[] = []
  #phase: Phase = 'scan'
  #part: PartInHand | null = null
  /** Rows seen above the part's readUpTo: of the partition that the next page may continue. */
  readonly #seen: SeenKeys
  #lastChecked: string | null = null

  constructor(
    source: Source,
    state: KeyState,
    options: { progress: FullProgress; mayDelete: (missing: number) => boolean }
  ) {
    const { todo, at, ...progress } = options.progress
    this.#source = source
    this.#state = state
    this.#mayDelete = options.mayDelete
    this.#progress = progress
    this.#todo = [...todo]
    state.forgetMissing()
    this.#seen = new SeenKeys(state)
    this.#beginPart(at)
  }

  get startedAt(): Micros {
    return this.#progress.startedAt
  }

  get isFirst(): boolean {
    return this.#progress.isFirst
  }

  get isDone(): boolean {
    return this.#phase === 'end'
  }

  /** What to save: a start from it reads again what is not settled, and nothing else. */
  get progress(): FullProgress {
    const at = this.#part?.settledAt ?? null
    return { ...this.#progress, todo: [...this.#todo, ...this.#incomplete], at }
  }

  page(limit: number, signal: AbortSignal): Promise<FullPage> {
    return this.#part ? this.#scan(this.#part, limit, signal) : this.#confirm(limit, signal)
  }

  #beginPart(at: string | null): void {
    const [part] = this.#todo
    if (part === undefined) {
      this.#part = null
      this.#phase = this.#mayDelete(this.#state.missingCount()) ? 'deletes' : 'end'
      return
    }
    const { after, upTo } = ringPart(part, this.#progress.parts)
    const from = at ?? tokenText(after)
    const range = { after: tokenOf(from), upTo }
    this.#seen.forget()
    this.#part = { range, page: null, readUpTo: from, settledAt: at, hasMissing: false }
  }

  #endPart(hasMissing: boolean): void {
    const [part] = this.#todo.splice(0, 1)
    if (hasMissing && part !== undefined) this.#incomplete.push(part)
    this.#beginPart(null)
  }

  async #scan(part: PartInHand, limit: number, signal: AbortSignal): Promise<FullPage> {
    const { range, page } = part
    const { rows, next } = await this.#source.scan({ range, page, limit, signal })
    part.page = next
    this.#compare(part, rows)
    if (next === null) this.#endPart(part.hasMissing)
    return { rows, gone: [], scanned: rows.length }
  }

  /**
   * All rows are known up to the last one's token, whose partition the next page may continue; at the end of the part
   * that token is complete, too.
   */
  #compare(part: PartInHand, rows: readonly SourceRow[]): void {
    const last = rows.at(-1)
    this.#seen.add(rows.map(({ ringKey }) => ringKey))
    if (part.page !== null && !last) return
    const upTo =
      part.page === null
        ? tokenText(part.range.upTo)
        : tokenText(tokenOfRingKey(last?.ringKey ?? part.readUpTo) - 1n)
    if (upTo <= part.readUpTo) return
    this.#missBetween(part, upTo)
    const bound = afterToken(upTo)
    this.#seen.forget()
    this.#seen.add(rows.map(({ ringKey }) => ringKey).filter((ringKey) => ringKey > bound))
    part.readUpTo = upTo
    if (!part.hasMissing) part.settledAt = upTo
  }

  #missBetween(part: PartInHand, upTo: string): void {
    const range = { after: afterToken(part.readUpTo), upTo: afterToken(upTo) }
    for (const known of this.#state.pages(range)) {
      const missing = known.filter(({ key, hash }) => hash !== null && !this.#seen.has(key))
      if (missing.length === 0) continue
      part.hasMissing = true
      this.#state.addMissing(missing.map(({ key }) => key))
    }
  }

  async #confirm(limit: number, signal: AbortSignal): Promise<FullPage> {
    const missing = this.#state.missing(this.#lastChecked, Math.min(limit, KEYS_CONFIRMED_AT_ONCE))
    const found = await this.#lookUp(missing, signal)
    this.#lastChecked = missing.at(-1) ?? this.#lastChecked
    if (missing.length === 0) {
      this.#phase = 'end'
      this.#state.forgetMissing()
    }
    const gone = missing.filter((_, n) => found[n] === null)
    return { rows: found.filter((row) => row !== null), gone, scanned: missing.length }
  }

  async #lookUp(ringKeys: readonly string[], signal: AbortSignal): Promise<(SourceRow | null)[]> {
    const found: (SourceRow | null)[] = []
    for (let at = 0; at < ringKeys.length; at += LOOKUPS_IN_FLIGHT) {
      const keys = ringKeys.slice(at, at + LOOKUPS_IN_FLIGHT).map(keyOfRingKey)
      found.push(...(await Promise.all(keys.map((key) => this.#source.row(key, signal)))))
    }
    return found
  }
}
