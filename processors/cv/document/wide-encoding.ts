/** UTF-16 without a mark has a zero in every second byte of Latin text. */
export function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, 2_000) & ~1
  if (length < 4) return null
  let [even, odd] = [0, 0]
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) even++
    if (bytes[index + 1] === 0) odd++
  }
  if (odd > length * 0.3 && even < length * 0.05) return 'utf-16le'
  return even > length * 0.3 && odd < length * 0.05 ? 'utf-16be' : null
}
