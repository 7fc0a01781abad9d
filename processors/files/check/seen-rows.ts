const mostKeys = 1_500_000
const mostHashes = 8_000_000

/** What was seen of a key before: the line, and the content that it had. */
export interface SeenKey {
  readonly line: number
  readonly content: number
}

/** Keys of rows with where they stand. Beyond some millions no new ones are kept, and `isFull` says so. */
export class SeenKeys {
  private readonly keys = new Map<string, SeenKey>()

  get isFull(): boolean {
    return this.keys.size >= mostKeys
  }

  /** What the key had before, or null for a new one, which is noted. */
  seen(key: string, row: SeenKey): SeenKey | null {
    const known = this.keys.get(key)
    if (known) return known
    if (!this.isFull) this.keys.set(key, row)
    return null
  }
}

/** Hashes of whole rows, by which exact repeats are noticed: eight bytes a row. */
export class SeenRows {
  private slots = new Float64Array(1 << 12)
  private size = 0

  /** Whether a row of this hash was here before. */
  has(hash: number): boolean {
    if (this.size >= mostHashes) return false
    if (this.size * 2 > this.slots.length) this.grow()
    return this.put(this.slots, hash)
  }

  private grow(): void {
    const larger = new Float64Array(this.slots.length * 2)
    this.size = 0
    for (const hash of this.slots) if (hash !== 0) this.put(larger, hash)
    this.slots = larger
  }

  private put(slots: Float64Array, hash: number): boolean {
    const mask = slots.length - 1
    for (let at = hash % slots.length; ; at = (at + 1) & mask) {
      if (slots[at] === hash) return true
      if (slots[at] !== 0) continue
      slots[at] = hash
      this.size++
      return false
    }
  }
}

/** A number of 53 bits that two different rows hardly ever share; never zero. */
export function hashOf(cells: readonly (string | null)[]): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57]
  for (const cell of cells) {
    const text = cell ?? '\u0001'
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      high = Math.imul(high ^ code, 2654435761)
      low = Math.imul(low ^ code, 1597334677)
    }
    high = Math.imul(high ^ 31, 2654435761)
    low = Math.imul(low ^ 31, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0) + 1
}
