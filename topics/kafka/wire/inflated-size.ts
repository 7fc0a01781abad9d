/**
 * How large compressed bytes become, read from their structure without unpacking them: the libraries for Snappy and LZ4
 * take no limit, and would fill the memory first. Each throws for bytes that are not of its format, and stops counting
 * above the limit.
 */

const snappyStream = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const snappyStreamHeader = 16

/** The blocks of Snappy's bytes: one, or those of a stream as Java's clients write it (xerial). */
export function snappyBlocks(bytes: Buffer): readonly Buffer[] {
  if (!isSnappyStream(bytes)) return [bytes]
  const blocks: Buffer[] = []
  for (let at = snappyStreamHeader; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    const block = bytes.subarray(at + 4, end)
    if (end > bytes.length || isSnappyStream(block)) throw new RangeError('a Snappy stream ends too early')
    blocks.push(block)
    at = end
  }
  return blocks
}

const isSnappyStream = (bytes: Buffer) => bytes.subarray(0, snappyStream.length).equals(snappyStream)

/**
 * The size of what a block of Snappy holds, by its pieces, which must be what it says at its beginning: the library goes
 * back in the bytes, and round for ever, where a length has its highest bit.
 */
export function snappySize(block: Buffer, limit: number): number {
  let at = 0
  let told = 0
  for (let scale = 1, byte = 128; byte > 127; scale *= 128) {
    byte = block.readUInt8(at++)
    told += (byte & 127) * scale
    if (at > 5) throw new RangeError('a Snappy block has no size')
  }
  if (told > limit) return told
  let size = 0
  while (at < block.length && size <= told) {
    const piece = snappyPiece(block, at)
    if (piece.back > size) throw new RangeError('a Snappy block copies what is not there')
    size += piece.length
    at = piece.end
  }
  if (at !== block.length || size !== told) throw new RangeError('a Snappy block is not as long as it says')
  return size
}

/** A literal, or a copy from `back` bytes before: https://github.com/google/snappy/blob/main/format_description.txt */
function snappyPiece(block: Buffer, at: number): { length: number; back: number; end: number } {
  const tag = block.readUInt8(at)
  const kind = tag & 3
  if (kind === 0) {
    const sizeBytes = Math.max(0, (tag >> 2) - 59)
    const length = (sizeBytes === 0 ? tag >> 2 : block.readUIntLE(at + 1, sizeBytes)) + 1
    return { length, back: 0, end: at + 1 + sizeBytes + length }
  }
  if (kind === 1) {
    const back = ((tag >> 5) << 8) | block.readUInt8(at + 1)
    return { length: ((tag >> 2) & 7) + 4, back, end: at + 2 }
  }
  const width = kind === 2 ? 2 : 4
  return { length: (tag >> 2) + 1, back: block.readUIntLE(at + 1, width), end: at + 1 + width }
}

const lz4Magic = 0x184d2204
/** Bits of LZ4's frame descriptor: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
const lz4Flag = { blockChecksum: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 } as const
const lz4Plain = 0x8000_0000

/** The size of what an LZ4 frame holds, by its blocks; the size it may claim itself is not believed. */
export function lz4Size(bytes: Buffer, limit: number): number {
  if (bytes.readUInt32LE(0) !== lz4Magic) throw new RangeError('not an LZ4 frame')
  const flags = bytes.readUInt8(4)
  const present = (flag: number, length: number) => ((flags & flag) === 0 ? 0 : length)
  let at = 7 + present(lz4Flag.contentSize, 8) + present(lz4Flag.dictionary, 4)
  let size = 0
  for (;;) {
    const told = bytes.readUInt32LE(at)
    at += 4
    if (told === 0) break
    const isPlain = told >= lz4Plain
    const length = isPlain ? told - lz4Plain : told
    if (at + length > bytes.length) throw new RangeError('an LZ4 block ends too early')
    size += isPlain ? length : blockSize(bytes.subarray(at, at + length), limit)
    if (size > limit) return size
    at += length + present(lz4Flag.blockChecksum, 4)
  }
  // A second frame would be unpacked, too.
  if (at + present(lz4Flag.contentChecksum, 4) !== bytes.length)
    throw new RangeError('more than one LZ4 frame')
  return size
}

/** Literals and matches of a block, added up. */
function blockSize(block: Buffer, limit: number): number {
  let at = 0
  let size = 0
  const more = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    for (let byte = 255; byte === 255; length += byte) byte = block[at++] ?? Number.NaN
    return length
  }
  while (at < block.length && size <= limit) {
    const token = block[at++]!
    const literals = more(token >> 4)
    at += literals
    size += literals
    // The last sequence of a block has literals only.
    if (at === block.length) return size
    at += 2
    size += more(token & 15) + 4
  }
  if (!(at <= block.length) || Number.isNaN(size)) throw new RangeError('an LZ4 block ends too early')
  return size
}
