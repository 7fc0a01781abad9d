/**
 * Runs an action over items, at most `atOnce` at a time, and gives the results in the order of the items. After a
 * failure no further one is begun; it rejects with the first failure once those in hand have settled.
 */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  atOnce: number,
  action: (item: T) => Promise<R>
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  const queue = items.entries()
  const work = async () => {
    // One queue for all workers: each takes the next item when it is free.
    for (const [at, item] of queue) {
      if (failures.length > 0) return
      try {
        results[at] = await action(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
  if (failures.length > 0) throw failures[0]
  return results
}
