const twoTo32 = 0x1_0000_0000

/** Writes Kafka's primitive types into a buffer that grows. */
export class ByteWriter {
  #bytes: Buffer
  at: number

  /** `reserve` bytes at the front are left for the caller to fill in. */
  constructor(capacity: number, reserve = 0) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacity, reserve))
    this.at = reserve
  }

  /** What was written so far; shares memory with the writer. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.at)
  }

  /** Makes room for `more` bytes; the varint and raw methods below rely on their caller to have asked. */
  ensure(more: number): void {
    if (this.at + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.at + more))
    this.#bytes.copy(grown, 0, 0, this.at)
    this.#bytes = grown
  }

  int8(value: number): this {
    this.ensure(1)
    this.at = this.#bytes.writeInt8(value, this.at)
    return this
  }

  int16(value: number): this {
    this.ensure(2)
    this.at = this.#bytes.writeInt16BE(value, this.at)
    return this
  }

  int32(value: number): this {
    this.ensure(4)
    this.at = this.#bytes.writeInt32BE(value, this.at)
    return this
  }

  uint32(value: number): this {
    this.ensure(4)
    this.at = this.#bytes.writeUInt32BE(value, this.at)
    return this
  }

  /** A whole number up to 2^53 either way. */
  int64(value: number): this {
    this.ensure(8)
    this.at = this.#bytes.writeInt32BE(Math.floor(value / twoTo32), this.at)
    this.at = this.#bytes.writeUInt32BE(value >>> 0, this.at)
    return this
  }

  string(text: string): this {
    const length = Buffer.byteLength(text)
    this.int16(length).ensure(length)
    this.at += this.#bytes.write(text, this.at, length, 'utf8')
    return this
  }

  /** Unsigned varint, as lengths are in Kafka's newer ("flexible") messages: there, one more than the length. */
  uvarint(value: number): this {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.int8(((rest % 128) | 0x80) - 256)
    return this.int8(rest)
  }

  compactString(text: string): this {
    const bytes = Buffer.from(text)
    return this.uvarint(bytes.length + 1).raw(bytes)
  }

  /** An id as Kafka's tools print it. */
  uuid(id: string): this {
    return this.raw(Buffer.from(id, 'base64url'))
  }

  /** No optional fields. */
  noTags(): this {
    return this.int8(0)
  }

  raw(bytes: Uint8Array): this {
    this.ensure(bytes.length)
    this.#bytes.set(bytes, this.at)
    this.at += bytes.length
    return this
  }

  /** Text of a known length in UTF-8, without a length before it. */
  text(text: string, length: number): void {
    this.at += this.#bytes.write(text, this.at, length, 'utf8')
  }

  /** Zigzag varint of a whole number up to 2^52 either way; room must be ensured. */
  varint(value: number): void {
    let rest = zigzag(value)
    const bytes = this.#bytes
    let at = this.at
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 0x80
    bytes[at++] = rest
    this.at = at
  }
}

/** How many bytes varint() takes for a value. */
export function varintLength(value: number): number {
  let rest = zigzag(value)
  if (rest < 128) return 1
  if (rest < 16_384) return 2
  let length = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value)
