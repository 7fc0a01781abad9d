import { hash } from 'node:crypto'
import type { ErpType, RunColumn } from '../../schemas/erp/columns.ts'

/** The version of the rule below, stored beside each hash; a change of the rule is a new version. */
export const hashRule = 1

// One letter a kind of value: a change from text '1' to number 1 is a change.
const tags: Readonly<Record<ErpType, string>> = {
  text: 't',
  integer: 'i',
  bigint: 'i',
  decimal: 'n',
  double: 'f',
  bit: 'b',
  date: 'd',
  time: 'h',
  timestamp: 's',
  timestamptz: 'z',
  binary: 'x'
}

/** From this length on, Buffer's own writing is faster than a loop. */
const longText = 48

/**
 * SHA-256 of a row. Rule 1: the columns that have a value, ordered by their names in lower case; of each the name and
 * the canonical value, both UTF-8 behind their length in four bytes (big-endian), and between them a byte that tags the
 * type. NULL is absent, '' has length 0: so they differ, and a column that is added changes no row where it is NULL.
 */
export class RowHasher {
  /** Index of each column in a row, and what goes before its value, in the order of hashing. */
  readonly #columns: readonly { readonly index: number; readonly prefix: Buffer }[]
  #scratch = Buffer.allocUnsafe(16 * 1024)

  constructor(columns: readonly Pick<RunColumn, 'sqlName' | 'type'>[]) {
    this.#columns = columns
      .map(({ sqlName, type }, index) => ({ name: sqlName.toLowerCase(), type, index }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, index }) => ({ index, prefix: prefixOf(name, tags[type]) }))
  }

  /** The 32 bytes of a row's canonical values, which are in the order of the columns given at first. */
  hash(values: readonly (string | null)[]): Buffer {
    let end = 0
    for (const { index, prefix } of this.#columns) {
      const value = values[index]
      if (value !== null && value !== undefined) end = this.#add(prefix, value, end)
    }
    return hash('sha256', this.#scratch.subarray(0, end), 'buffer')
  }

  #add(prefix: Buffer, value: string, from: number): number {
    // Three bytes for each UTF-16 unit are the most that UTF-8 takes.
    const needed = from + prefix.length + 4 + value.length * 3
    if (needed > this.#scratch.length) this.#grow(needed)
    const scratch = this.#scratch
    let at = from
    for (const byte of prefix) scratch[at++] = byte
    const end = writeText(scratch, value, at + 4)
    scratch.writeUInt32BE(end - at - 4, at)
    return end
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(bytes)))
    this.#scratch.copy(grown)
    this.#scratch = grown
  }
}

function prefixOf(name: string, tag: string): Buffer {
  const bytes = Buffer.from(name)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes, Buffer.from(tag)])
}

/** Writes UTF-8 and gives where it ends. */
function writeText(buffer: Buffer, text: string, from: number): number {
  const { length } = text
  if (length >= longText) return from + buffer.write(text, from)
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 0x7f) return from + buffer.write(text, from)
    buffer[from + at] = unit
  }
  return from + length
}
