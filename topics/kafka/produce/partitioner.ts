/** The partition of a key among `count`, as Java's default partitioner chooses it: toPositive(murmur2(key)) % count. */
export function partitionFor(key: Buffer | string, count: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % count
}

/** Kafka's murmur2, a signed 32-bit hash (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995
  const length = data.length
  const byte = (index: number) => data[index] ?? 0
  let h = 0x9747b28c ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let k = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  if (length - at >= 3) h ^= byte(at + 2) << 16
  if (length - at >= 2) h ^= byte(at + 1) << 8
  if (length - at >= 1) h = Math.imul(h ^ byte(at), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}
