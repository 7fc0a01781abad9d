import type { Batch, Item, LogItem, Position, Reader, Spec, Writer } from './pipeline.ts'

/** A reader over an array, for tests and for trying a pipeline out. */
export function memoryReader<T>(
  describe: string,
  items: Item<T>[]
): Spec<Reader<T>> & { committed(): number } {
  let committed = 0
  return {
    describe,
    committed: () => committed,
    async open() {
      let next = committed
      return {
        readsAhead: true,
        async read({ limit }) {
          const page = items.slice(next, next + limit)
          next += page.length
          return { items: page, caughtUp: next >= items.length, next }
        },
        async commit(batch: Batch<T>) {
          committed = (batch as Batch<T> & { readonly next: number }).next
        },
        async close() {}
      }
    }
  }
}

/** A writer into an array that keeps each id once. */
export function memoryWriter<T>(describe: string): Spec<Writer<T>> & { items: Item<T>[] } {
  const items: Item<T>[] = []
  const seen = new Set<string>()
  return {
    describe,
    items,
    async open() {
      return {
        async write(batch) {
          for (const item of batch) {
            if (!seen.has(item.id)) items.push(item)
            seen.add(item.id)
          }
        },
        async close() {}
      }
    }
  }
}

/** Item number `n` (from 1) of a topic in memory. */
export function memoryItem<T>(n: number, value: T): LogItem<T> {
  const place = { topic: 'memory', partition: 0, offset: n - 1 }
  return {
    id: `memory/${n}`,
    value,
    key: String(n),
    position: String(n) as Position,
    at: new Date(0),
    ...place
  }
}
