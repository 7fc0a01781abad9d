const capacity = 4096
const hashRange = 2 ** 53

/**
 * Counts distinct texts in bounded memory: exactly up to 4,096, above that within a few percent, by keeping only the
 * hashes below a bound that is halved whenever they become too many (Wegman's adaptive sampling, Flajolet 1990).
 */
export class DistinctCount {
  #below = hashRange
  readonly #kept = new Set<number>()

  add(text: string): void {
    const hash = hash53(text)
    if (hash >= this.#below) return
    this.#kept.add(hash)
    while (this.#kept.size > capacity) {
      this.#below /= 2
      for (const one of this.#kept) if (one >= this.#below) this.#kept.delete(one)
    }
  }

  get isExact(): boolean {
    return this.#below === hashRange
  }

  get count(): number {
    return Math.round(this.#kept.size * (hashRange / this.#below))
  }
}

/** 53 well-mixed bits: two Murmur3-style streams (cyrb53, public domain); much cheaper than a digest for 300 columns a row. */
function hash53(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
