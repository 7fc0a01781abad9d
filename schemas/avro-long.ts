import avro, { type Type } from 'avsc'

// avsc's numbers are doubles: it reads and writes whole numbers of up to 53 bits, and its zigzag of a negative one is
// right to 52 only. What is beyond is written here, and is a bigint in the program; what is within stays a number.

/** The part of avsc's taps and types that its own type declarations leave out. */
interface Tap {
  buf: Buffer
  pos: number
  readLong(): number
  writeLong(value: number): void
}

interface Coder {
  _read(tap: Tap): unknown
  _write(tap: Tap, value: unknown): void
  _check(value: unknown, flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean
}

const LongType = avro.types.LongType as unknown as new () => Type & Coder

/** What avsc computes exactly. */
const isPlain = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) < 2 ** 52

/** True of a number that is exact, and of a bigint of 64 bits that no such number could be. */
export function isLong(value: unknown): value is number | bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value
  return Number.isSafeInteger(value)
}

/** Avro's long, all 64 bits of it. */
class ExactLongType extends LongType {
  override _read(tap: Tap): unknown {
    const from = tap.pos
    const value = tap.readLong()
    return isPlain(value) || tap.pos > tap.buf.length ? value : longAt(tap.buf, from)
  }

  override _write(tap: Tap, value: unknown): void {
    if (isPlain(value)) tap.writeLong(value)
    else if (isLong(value)) writeLarge(tap, BigInt(value))
    else throw new RangeError('a long is no whole number of 64 bits')
  }

  override _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    if (isLong(value)) return true
    hook?.(value, this)
    return false
  }
}

/** The one instance, which every schema shares. */
export const exactLong: Type = new ExactLongType()

/** Lets a union that has a long take a bigint for it; avsc goes by `typeof`. */
export function takeBigints(union: InstanceType<typeof avro.types.UnwrappedUnionType>): void {
  const at = union.types.findIndex((type) => type instanceof ExactLongType)
  // oxlint-disable-next-line no-underscore-dangle -- avsc's name
  const indices = (union as unknown as { _bucketIndices: Record<string, number> })._bucketIndices
  if (at >= 0) indices['bigint'] = at
}

function longAt(buffer: Buffer, from: number): number | bigint {
  let zigzag = 0n
  let shift = 0n
  for (let at = from; ; at++) {
    const byte = buffer[at] ?? 0
    zigzag |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) break
    shift += 7n
  }
  const value = BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n))
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

// Past the end of the buffer writes are lost and the place goes on, as avsc's own do: it asks again with more room.
function writeLarge(tap: Tap, value: bigint): void {
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; zigzag > 0x7fn; zigzag >>= 7n) tap.buf[tap.pos++] = Number(zigzag & 0x7fn) | 0x80
  tap.buf[tap.pos++] = Number(zigzag)
}
