import type { Micros } from '../../../schemas/change.ts'
import { keyText } from '../../../schemas/change.ts'
import { ringKey, tokenOfRingKey } from '../../../producers/cassandra/ring.ts'
import { rowHash } from '../../../producers/state/row-hash.ts'
import type { PageRequest, Source, SourcePage, TimeSlice } from '../../../producers/cassandra/source.ts'
import type { SourceRow } from '../../../producers/cassandra/source-row.ts'

/** A table in memory that keeps Cassandra's rules: rows in the order of tokens, the newest timestamp wins. */
export class MemorySource implements Source {
  readonly newest = ['at']
  readonly #rows = new Map<string, SourceRow>()
  /** Write times of deletes: what is not newer than one stays deleted. */
  readonly #tombstones = new Map<string, Micros>()
  /** Errors for the next queries, one each; null for one that succeeds. */
  readonly failures: (Error | null)[] = []
  /** How many rows each query asked for. */
  readonly limits: number[] = []
  clock: Micros

  constructor(clock: Micros) {
    this.clock = clock
  }

  /** Rows of few partitions, so that a page often ends inside one. */
  put(id: number, text: string, times: { ownAt: Micros | null; writtenAt: Micros }): void {
    const { ownAt, writtenAt } = times
    const key = keyOf(id)
    const place = ringKey(tokenOfPartition(id % 5), key)
    const known = this.#rows.get(place)
    if ((known?.writtenAt ?? 0) >= writtenAt || (this.#tombstones.get(place) ?? 0) >= writtenAt) return
    const after = { id: String(id), text, at: String(ownAt) }
    const hash = rowHash(Object.values(after))
    this.#rows.set(place, { ringKey: place, key, after, hash, writtenAt, ownAt })
  }

  remove(id: number, writtenAt: Micros): void {
    const place = ringKey(tokenOfPartition(id % 5), keyOf(id))
    if ((this.#rows.get(place)?.writtenAt ?? 0) > writtenAt) return
    this.#rows.delete(place)
    this.#tombstones.set(place, Math.max(writtenAt, this.#tombstones.get(place) ?? 0))
  }

  /** Everything there is, by key. */
  contents(): Map<string, string | null> {
    return new Map([...this.#rows.values()].map(({ key, after }) => [key, after['text'] ?? null]))
  }

  async now(): Promise<Micros> {
    return this.clock
  }

  async scan(request: PageRequest): Promise<SourcePage> {
    return this.#page(request, () => true)
  }

  async slice({ afterMs, upToMs }: TimeSlice, request: PageRequest): Promise<SourcePage> {
    return this.#page(
      request,
      ({ ownAt }) => ownAt !== null && ownAt > afterMs * 1000 && ownAt <= upToMs * 1000
    )
  }

  async row(key: string): Promise<SourceRow | null> {
    return [...this.#rows.values()].find((row) => row.key === key) ?? null
  }

  keyRow(key: string): Record<string, string> {
    return { id: key }
  }

  async close(): Promise<void> {}

  #page({ range, page, limit }: PageRequest, isWanted: (row: SourceRow) => boolean): SourcePage {
    this.limits.push(limit)
    const failure = this.failures.shift()
    if (failure) throw failure
    const inRange = [...this.#rows.values()]
      .filter(({ ringKey }) => tokenOfRingKey(ringKey) > range.after && tokenOfRingKey(ringKey) <= range.upTo)
      .filter((row) => isWanted(row) && (page === null || row.ringKey > page))
      .toSorted((a, b) => (a.ringKey < b.ringKey ? -1 : 1))
    const rows = inRange.slice(0, limit)
    return { rows, next: inRange.length > limit ? (rows.at(-1)?.ringKey ?? null) : null }
  }
}

function keyOf(id: number): string {
  return keyText([String(id).padStart(3, '0')])
}

function tokenOfPartition(n: number): bigint {
  return BigInt(n - 2) * 2n ** 61n
}
