import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { EncodingSample } from './guess-encoding.ts'

/** What one look over all bytes of a content says, whatever they mean. */
export interface Scan extends EncodingSample {
  readonly bytes: number
  readonly sha256: string
  /** Line feeds, carriage returns and pairs of them, counted apart from any parser; of UTF-16, in its units. */
  readonly lineEnds: LineEnds
}

interface LineEnds {
  readonly narrow: number
  readonly littleEndian: number
  readonly bigEndian: number
  /** Whether the content ends with a line end, as single bytes and as units of UTF-16. */
  readonly isLastEnded: { readonly narrow: boolean; readonly wide: boolean }
}

const headBytes = 1 << 20
const mostSampled = 512 * 1024

/** Reads a content once: its hash, its size, its lines, and a sample of what is beyond ASCII from all over it. */
export async function scan(
  content: Readable,
  progress: (bytes: number) => void = () => undefined
): Promise<Scan> {
  const hash = createHash('sha256')
  const counter = new LineEndCounter()
  const sampler = new Sampler()
  const head: Buffer[] = []
  let bytes = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk)
    counter.add(chunk, bytes)
    sampler.add(chunk)
    if (bytes < headBytes) head.push(chunk.subarray(0, headBytes - bytes))
    bytes += chunk.length
    progress(bytes)
  }
  return {
    bytes,
    sha256: hash.digest('hex'),
    lineEnds: counter.counted(),
    head: Buffer.concat(head),
    highLines: sampler.taken()
  }
}

/** Counts line ends in bytes and in units of UTF-16 at once, as it is not known yet which they are. */
class LineEndCounter {
  private narrow = 0
  private readonly wide = { little: 0, big: 0 }
  private last = 0
  /** The unit of UTF-16 before the one at hand, and the first half of that. */
  private readonly units = { little: 0, big: 0, half: 0 }
  private hasZeros = false

  add(chunk: Buffer, at: number): void {
    this.countNarrow(chunk)
    if (at === 0) this.hasZeros = chunk.subarray(0, 4_096).includes(0)
    if (this.hasZeros) this.countWide(chunk, at)
  }

  private countNarrow(chunk: Buffer): void {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.narrow++
    for (let at = chunk.indexOf(13); at >= 0; at = chunk.indexOf(13, at + 1))
      if (at + 1 < chunk.length && chunk[at + 1] !== 10) this.narrow++
    // A carriage return at the end of a chunk counts once the next byte is known.
    if (this.last === 13 && chunk.length > 0 && chunk[0] !== 10) this.narrow++
    this.last = chunk.at(-1) ?? this.last
  }

  private countWide(chunk: Buffer, at: number): void {
    const { units, wide } = this
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number
      if ((at + index) % 2 === 0) {
        units.half = byte
        continue
      }
      const little = byte * 256 + units.half
      const big = units.half * 256 + byte
      if (little === 13 || (little === 10 && units.little !== 13)) wide.little++
      if (big === 13 || (big === 10 && units.big !== 13)) wide.big++
      units.little = little
      units.big = big
    }
  }

  counted(): LineEnds {
    const isNarrowEnded = this.last === 10 || this.last === 13
    const isWideEnded = [10, 13].includes(this.units.little) || [10, 13].includes(this.units.big)
    return {
      narrow: this.narrow + (this.last === 13 ? 1 : 0),
      littleEndian: this.wide.little,
      bigEndian: this.wide.big,
      isLastEnded: { narrow: isNarrowEnded, wide: isWideEnded }
    }
  }
}

/** Gathers lines with bytes above 127, up to a limit; of later parts of a large file ever fewer. */
class Sampler {
  private readonly lines: Buffer[] = []
  private size = 0
  private tail: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    if (this.size > mostSampled) return
    const whole = this.tail.length > 0 ? Buffer.concat([this.tail, chunk]) : chunk
    const end = Math.max(whole.lastIndexOf(10), whole.lastIndexOf(13)) + 1
    this.tail = whole.length - end < 1 << 20 ? Buffer.from(whole.subarray(end)) : Buffer.alloc(0)
    this.take(whole.subarray(0, end))
  }

  taken(): readonly Buffer[] {
    this.take(this.tail)
    return this.lines
  }

  private take(part: Buffer): void {
    if (part.length === 0 || isAscii(part)) return
    for (let start = 0; start < part.length && this.size <= mostSampled; ) {
      const next = part.indexOf(10, start)
      const other = part.indexOf(13, start)
      const ends = [next, other].filter((one) => one >= 0)
      const end = ends.length > 0 ? Math.min(...ends) : part.length
      const line = part.subarray(start, end)
      if (!isAscii(line)) {
        this.lines.push(Buffer.from(line.subarray(0, 65_536)))
        this.size += line.length
      }
      start = end + 1
    }
  }
}
