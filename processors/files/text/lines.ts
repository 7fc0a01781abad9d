import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { type Encoding, decode, isWide } from './encodings.ts'

/** Some physical lines in a row, without their ends. */
export interface LineBatch {
  /** The number of the first of them, from 1. */
  readonly first: number
  readonly lines: readonly string[]
  /** Lines by their place here whose bytes are of another encoding than the file's, and how they were read. */
  readonly damaged: ReadonlyMap<number, string>
  /** Whether the file ends here in the middle of a line. */
  readonly isCut: boolean
}

const lineEnd = /\r\n|\r|\n/

interface Decoding {
  readonly encoding: Encoding
  readonly markLength: number
}

/**
 * The physical lines of a text, in batches. A line that is no valid UTF-8 in a file that is (or the other way round) is
 * read by itself, so that it costs itself only.
 */
export async function* linesOf(content: Readable, decoding: Decoding): AsyncGenerator<LineBatch> {
  let first = 1
  let rest: Buffer = Buffer.alloc(0)
  let skip = decoding.markLength
  for await (const chunk of content as AsyncIterable<Buffer>) {
    const dropped = Math.min(skip, chunk.length)
    skip -= dropped
    const fresh = chunk.subarray(dropped)
    const whole = rest.length > 0 ? Buffer.concat([rest, fresh]) : fresh
    const end = lastEnd(whole, decoding.encoding)
    rest = Buffer.from(whole.subarray(end))
    if (end === 0) continue
    const batch = batchOf(whole.subarray(0, end), decoding.encoding, first)
    first += batch.lines.length
    yield batch
  }
  if (rest.length === 0) return
  const batch = batchOf(rest, decoding.encoding, first)
  // A lone carriage return at the very end was held back, as a line feed might have followed.
  yield { ...batch, isCut: !endsWithEnd(rest, decoding.encoding) }
}

/** Where the last whole line ends; a carriage return at the end may be half of a pair. */
function lastEnd(bytes: Buffer, encoding: Encoding): number {
  if (isWide(encoding)) {
    const [low, high] = encoding === 'utf-16le' ? [0, 1] : [1, 0]
    for (let at = bytes.length - (bytes.length % 2) - 2; at >= 0; at -= 2)
      if (bytes[at + low] === 10 && bytes[at + high] === 0) return at + 2
    return lastWideReturn(bytes, low, high)
  }
  const feed = bytes.lastIndexOf(10) + 1
  const carriage = bytes.lastIndexOf(13, bytes.length - 2) + 1
  return bytes.length < 2 ? feed : Math.max(feed, carriage)
}

function lastWideReturn(bytes: Buffer, low: number, high: number): number {
  for (let at = bytes.length - (bytes.length % 2) - 4; at >= 0; at -= 2)
    if (bytes[at + low] === 13 && bytes[at + high] === 0) return at + 2
  return 0
}

function endsWithEnd(bytes: Buffer, encoding: Encoding): boolean {
  const last = encoding === 'utf-16le' ? bytes.at(-2) : bytes.at(-1)
  return last === 10 || last === 13
}

function batchOf(bytes: Buffer, encoding: Encoding, first: number): LineBatch {
  const damaged = new Map<number, string>()
  const lines = isWhole(bytes, encoding) ? split(decode(bytes, encoding)) : oneByOne(bytes, encoding, damaged)
  lines.forEach((line, index) => {
    if (line.includes('\ufffd') && !damaged.has(index)) damaged.set(index, 'replacement_character')
  })
  return { first, lines, damaged, isCut: false }
}

/** Whether all lines of a part are of the encoding of the file. Of code pages, every byte means something. */
const isWhole = (bytes: Buffer, encoding: Encoding): boolean =>
  encoding === 'utf-8' ? isUtf8(bytes) : isWide(encoding) || !hasUtf8(bytes)

/** Two bytes that make a letter in UTF-8 make no sense in a code page. */
const hasUtf8 = (bytes: Buffer): boolean => /[\u00c2\u00c3][\u0080-\u00bf]/.test(bytes.toString('latin1'))

function split(text: string): string[] {
  const lines = text.includes('\r') ? text.split(lineEnd) : text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function oneByOne(bytes: Buffer, encoding: Encoding, damaged: Map<number, string>): string[] {
  const pieces = split(bytes.toString('latin1'))
  return pieces.map((piece, index) => {
    const line = Buffer.from(piece, 'latin1')
    const isOwn = encoding === 'utf-8' ? isUtf8(line) : !(hasUtf8(line) && isUtf8(line))
    if (isOwn) return decode(line, encoding)
    const other: Encoding = encoding === 'utf-8' ? 'cp1252' : 'utf-8'
    damaged.set(index, `${other} in ${encoding}`)
    return decode(line, other)
  })
}
