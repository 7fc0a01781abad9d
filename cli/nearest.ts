/** The names that differ least from one that is none of them, at most three; none where all are far. */
export function nearest(name: string, names: readonly string[]): string[] {
  const far = Math.max(2, Math.floor(name.length / 4))
  const near = names
    .map((other) => ({ other, distance: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter((one) => one.distance <= far)
    .sort((a, b) => a.distance - b.distance)
  return near
    .filter((one) => one.distance === near[0]?.distance)
    .map(({ other }) => other)
    .slice(0, 3)
}

/** Letters to add, drop or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
