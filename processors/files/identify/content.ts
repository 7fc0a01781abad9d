import type { Readable } from 'node:stream'

/** Bytes that can be read several times, wherever they lie. */
export interface Content {
  /** The name that says nothing reliable, for people. */
  readonly name: string
  /** Reads from the start. A stream that is not read to its end is destroyed by leaving its loop. */
  open(): Readable
}
