/** The tokens greater than `after` and up to `upTo`. */
export interface TokenRange {
  readonly after: bigint
  readonly upTo: bigint
}

const lowest = -(2n ** 63n)
const count = 2n ** 64n

/** One of `parts` equal parts of Murmur3Partitioner's ring. No key has the lowest token, so that none is left out. */
export function ringPart(part: number, parts: number): TokenRange {
  const bound = (n: number) => lowest + (count * BigInt(n)) / BigInt(parts)
  return { after: bound(part), upTo: part === parts - 1 ? -lowest - 1n : bound(part + 1) }
}

const textLength = 16

/** A token as 16 hex digits whose order as text is the tokens' order. */
export function tokenText(token: bigint): string {
  return (token - lowest).toString(16).padStart(textLength, '0')
}

export function tokenOf(text: string): bigint {
  return BigInt(`0x${text}`) + lowest
}

/** The place of a row in the key state: its token and then its key, so that a part of the ring is a range of keys. */
export function ringKey(token: bigint, key: string): string {
  return `${tokenText(token)}${key}`
}

/** The record's key again. */
export function keyOfRingKey(ringKey: string): string {
  return ringKey.slice(textLength)
}

export function tokenOfRingKey(ringKey: string): bigint {
  return tokenOf(ringKey.slice(0, textLength))
}

/** The greatest ring key a token can have, for bounds that take in or leave out all its rows. */
export function afterToken(text: string): string {
  return `${text}\u{10FFFF}`
}
