import type { Micros } from '../../schemas/change.ts'
import { ringPart } from './ring.ts'
import type { Source, TimeSlice } from './source.ts'
import type { SourceRow } from './source-row.ts'

export interface LivePage {
  readonly rows: readonly SourceRow[]
  readonly isLast: boolean
}

interface Look {
  readonly slice: TimeSlice
  readonly part: number
}

const MOST_PARTS = 4096

/**
 * One look at the newest rows, page by page: those whose time column lies after what was seen, less the overlap.
 * Rows that were published already come again, and are known by their hash.
 */
export class LivePass {
  readonly startedAt: Micros
  /** Time spent on pages that came back mostly empty, in milliseconds: what looking costs when nothing is new. */
  lookingMs = 0
  readonly #source: Source
  readonly #parts: number
  readonly #looks: Look[]
  #page: string | null = null

  constructor(
    source: Source,
    options: { startedAt: Micros; seenUpTo: Micros; overlapMs: number; parts: number }
  ) {
    const { startedAt, seenUpTo, overlapMs, parts } = options
    const afterMs = Math.floor(seenUpTo / 1000) - overlapMs
    const upToMs = Math.floor(startedAt / 1000) + overlapMs
    this.#source = source
    this.startedAt = startedAt
    this.#parts = parts
    this.#looks = source.newest.flatMap((column) =>
      Array.from({ length: parts }, (_, part) => ({ slice: { column, afterMs, upToMs }, part }))
    )
  }

  async page(limit: number, signal: AbortSignal): Promise<LivePage> {
    const [look] = this.#looks
    if (!look) return { rows: [], isLast: true }
    const range = ringPart(look.part, this.#parts)
    const began = performance.now()
    const { rows, next } = await this.#source.slice(look.slice, { range, page: this.#page, limit, signal })
    if (rows.length < limit / 2) this.lookingMs += performance.now() - began
    this.#page = next
    if (next === null) this.#looks.shift()
    return { rows, isLast: this.#looks.length === 0 }
  }
}

/** Into how many parts the next look is split after one that was too much for the server. */
export function morePartsThan(parts: number): number {
  return Math.min(parts * 2, MOST_PARTS)
}
