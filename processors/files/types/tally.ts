import { type Tag, tagsOf } from './classify.ts'
import { trimmed } from './fold.ts'

const mostCached = 4_000
const mostDistinct = 64

/** What was seen of a column, cell by cell: how often each tag, and its first few different values. */
export class Tally {
  /** Cells that are not blank. */
  filled = 0
  cells = 0
  /** Values seen, with how often; no new ones after some dozens. */
  readonly values = new Map<string, number>()
  isManyValued = false
  longest = 0
  /** How many figures codes with a zero at their head have; null where they differ, or none has one. */
  zeroWidth: number | null = null
  private hasOneWidth = true
  private readonly counts = new Map<Tag, number>()
  private readonly known = new Map<string, readonly Tag[]>()

  add(cell: string): void {
    this.cells++
    const text = trimmed(cell)
    const own = this.tags(text)
    for (const tag of own) this.counts.set(tag, (this.counts.get(tag) ?? 0) + 1)
    if (text === '') return
    this.filled++
    if (text.length > this.longest) this.longest = text.length
    if (own.includes('leadingZero')) this.noteWidth(text.length)
    this.noteValue(text)
  }

  count(tag: Tag): number {
    return this.counts.get(tag) ?? 0
  }

  /** Values that say something: neither blank nor marked as missing. */
  get meant(): number {
    return this.filled - this.count('marker')
  }

  private noteWidth(length: number): void {
    if (!this.hasOneWidth) return
    this.hasOneWidth = this.zeroWidth === null || this.zeroWidth === length
    this.zeroWidth = this.hasOneWidth ? length : null
  }

  private noteValue(text: string): void {
    const seen = this.values.get(text)
    if (seen !== undefined) this.values.set(text, seen + 1)
    else if (this.values.size < mostDistinct) this.values.set(text.slice(0, 200), 1)
    else this.isManyValued = true
  }

  private tags(text: string): readonly Tag[] {
    const known = this.known.get(text)
    if (known) return known
    const own = tagsOf(text)
    if (this.known.size < mostCached && text.length < 64) this.known.set(text, own)
    return own
  }
}
