import { createRequire } from 'node:module'
import { CqlMap } from './cql-map.ts'

/** The driver's decoder of values, of which there is one a connection; it is not in its types. */
interface Decoder {
  readonly encodingOptions?: { readonly map?: unknown }
  decode: (this: Decoder, bytes: Buffer | null, type: unknown) => unknown
}

/** A value that the driver cannot read, such as a `time` of 25 hours: its bytes. */
export class UnreadValue {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    // The driver uses the bytes again that it was handed.
    this.#bytes = Buffer.from(bytes)
  }

  toString(): string {
    return `${unreadPrefix}${this.#bytes.toString('hex')}`
  }
}

/** What the text of such a value begins with; no type whose values may be unread prints one that begins so. */
export const unreadPrefix = '0x'

/**
 * Has the connections that are made with our CqlMap decode values exactly: of one that the driver cannot read they give
 * the bytes, where it would fail the whole page with all other rows of it, and of an instant that is beyond the dates of
 * JavaScript its milliseconds, where it would give a date that says nothing. Values within collections as well.
 */
export function decodeExactly(): void {
  const { prototype } = createRequire(import.meta.url)('cassandra-driver/lib/encoder.js') as {
    prototype: Decoder
  }
  const decode = prototype.decode
  if (isExact.has(decode)) return
  prototype.decode = function exact(bytes, type) {
    if (this.encodingOptions?.map !== CqlMap || bytes === null) return decode.call(this, bytes, type)
    try {
      const value = decode.call(this, bytes, type)
      return value instanceof Date && Number.isNaN(value.getTime()) ? bytes.readBigInt64BE() : value
    } catch {
      return new UnreadValue(bytes)
    }
  }
  isExact.add(prototype.decode)
}

const isExact = new WeakSet<object>()
