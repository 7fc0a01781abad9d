import { createHash } from 'node:crypto'

/** A repeatable source of chance: the same seed gives the same values on every machine. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number
  /** A whole number from 0 up to but not including `below`. */
  int(below: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  uuid(): string
}

/** Starts a stream of its own for each text, so that one user's day does not depend on how many others there are. */
export function randomFrom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  const word = sfc32([0, 4, 8, 12].map((at) => digest.readUInt32LE(at)))
  const random: Random = {
    next: () => word() / 2 ** 32,
    int: (below) => Math.floor(random.next() * below),
    chance: (probability) => random.next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('nothing to pick from')
      return list[random.int(list.length)] as (typeof list)[number]
    },
    uuid: () => uuidFrom(word)
  }
  return random
}

/** Chris Doty-Humphrey's small fast counting generator (PractRand): 128 bits of state, 32 bits a call. */
function sfc32(seed: readonly number[]): () => number {
  let [a = 0, b = 0, c = 0, counter = 1] = seed
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
}

/** RFC 9562 version 4 of generated bits. */
function uuidFrom(word: () => number): string {
  const hex = [word(), word(), word(), word()].map((part) => part.toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
