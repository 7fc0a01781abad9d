const twoTo32 = 0x1_0000_0000

/** Reads Kafka's primitive types from a buffer; throws RangeError past its end. */
export class ByteReader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  int8(): number {
    const value = this.bytes.readInt8(this.at)
    this.at += 1
    return value
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at)
    this.at += 2
    return value
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.at)
    this.at += 4
    return value
  }

  uint32(): number {
    const value = this.bytes.readUInt32BE(this.at)
    this.at += 4
    return value
  }

  /** Exact up to 2^53 either way. */
  int64(): number {
    const high = this.bytes.readInt32BE(this.at)
    const low = this.bytes.readUInt32BE(this.at + 4)
    this.at += 8
    return high * twoTo32 + low
  }

  string(): string {
    const length = this.int16()
    return length < 0 ? '' : this.slice(length).toString()
  }

  /** The next bytes, without a copy. */
  slice(length: number): Buffer {
    const end = this.at + length
    if (length < 0 || end > this.bytes.length) throw new RangeError('A Kafka reply ends too early')
    const part = this.bytes.subarray(this.at, end)
    this.at = end
    return part
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }

  /** Unsigned varint, as lengths are in Kafka's newer ("flexible") messages: there, one more than the length. */
  uvarint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.slice(1)[0]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  compactString(): string {
    return this.slice(Math.max(0, this.uvarint() - 1)).toString()
  }

  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, read)
  }

  /** An id as Kafka's tools print it; null for the id that stands for none. */
  uuid(): string | null {
    const bytes = this.slice(16)
    return bytes.every((byte) => byte === 0) ? null : bytes.toString('base64url')
  }

  /** Passes fields that may or may not be there; we know none of them. */
  skipTags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint()
      this.slice(this.uvarint())
    }
  }

  /** Zigzag varint or varlong, exact up to 2^52 either way. */
  varint(): number {
    const { bytes } = this
    let at = this.at
    let byte = bytes[at++]!
    let rest = byte & 127
    let shift = 7
    for (; byte > 127 && shift < 28; shift += 7) {
      byte = bytes[at++]!
      rest |= (byte & 127) << shift
    }
    for (let scale = 2 ** shift; byte > 127; scale *= 128) {
      byte = bytes[at++]!
      rest += (byte & 127) * scale
    }
    if (at > bytes.length) throw new RangeError('A Kafka record ends too early')
    this.at = at
    // Bit operations would cut values above 32 bits, such as a timestamp far from its batch's first.
    return rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2
  }
}
