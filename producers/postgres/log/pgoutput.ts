import type { Micros } from '../../../schemas/change.ts'

// https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html, protocol version 1. Decoded here
// because values must stay the server's text, byte for byte, and unchanged TOAST values must be told from NULL.

/** Columns' text in the order of the relation; undefined is a TOAST value that the change did not touch. */
export type LogTuple = readonly (string | null | undefined)[]

/** What the log says, as far as a reader of one table needs it. */
export type LogMessage =
  | { readonly kind: 'begin'; readonly commitLsn: bigint; readonly committedAt: Micros; readonly xid: number }
  | { readonly kind: 'commit'; readonly endLsn: bigint }
  | { readonly kind: 'relation'; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly values: LogTuple }
  /** Only key columns have values. */
  | { readonly kind: 'delete'; readonly key: LogTuple }
  | { readonly kind: 'truncate' }

const postgresEpochMicros = 946_684_800_000_000

/** The messages one message of the log means: an update that changes the key is a delete and a row. */
export function decodeLog(buffer: Buffer): LogMessage[] {
  const input = new Input(buffer)
  switch (input.character()) {
    case 'B':
      return [
        { kind: 'begin', commitLsn: input.int64(), committedAt: committedAt(input), xid: input.int32() }
      ]
    case 'C':
      input.skip(9)
      return [{ kind: 'commit', endLsn: input.int64() }]
    case 'R':
      return [{ kind: 'relation', columns: input.relation() }]
    case 'I':
      input.skip(5)
      return [{ kind: 'row', values: input.tuple() }]
    case 'U':
      return updated(input)
    case 'D':
      input.skip(5)
      return [{ kind: 'delete', key: input.tuple() }]
    case 'T':
      return [{ kind: 'truncate' }]
    default:
      return []
  }
}

const committedAt = (input: Input): Micros => Number(input.int64()) + postgresEpochMicros

function updated(input: Input): LogMessage[] {
  input.skip(4)
  if (input.character() === 'N') return [{ kind: 'row', values: input.tuple() }]
  const key = input.tuple()
  input.skip(1)
  return [
    { kind: 'delete', key },
    { kind: 'row', values: input.tuple() }
  ]
}

class Input {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  character(): string {
    return String.fromCharCode(this.#buffer.readUInt8(this.#at++))
  }

  int32(): number {
    this.#at += 4
    return this.#buffer.readUInt32BE(this.#at - 4)
  }

  int64(): bigint {
    this.#at += 8
    return this.#buffer.readBigUInt64BE(this.#at - 8)
  }

  relation(): string[] {
    this.skip(4)
    this.#string()
    this.#string()
    this.skip(1)
    return Array.from({ length: this.#int16() }, () => {
      this.skip(1)
      const name = this.#string()
      this.skip(8)
      return name
    })
  }

  tuple(): LogTuple {
    return Array.from({ length: this.#int16() }, () => this.#value())
  }

  #value(): string | null | undefined {
    const kind = this.character()
    if (kind === 'n') return null
    if (kind === 'u') return undefined
    const length = this.int32()
    this.#at += length
    return this.#buffer.toString('utf8', this.#at - length, this.#at)
  }

  #int16(): number {
    this.#at += 2
    return this.#buffer.readUInt16BE(this.#at - 2)
  }

  #string(): string {
    const end = this.#buffer.indexOf(0, this.#at)
    const text = this.#buffer.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }
}
