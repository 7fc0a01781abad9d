// What a server says in TDS 7.4 ([MS-TDS] 2.2.7): only the tokens that a client needs to log in and to read answers.

/** The kinds of messages a client sends ([MS-TDS] 2.2.3.1.1). */
export const messageTypes = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulk: 0x07,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12
} as const

const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])
const nvarchar4000 = Buffer.concat([Buffer.from([0xe7, 0x40, 0x1f]), collation])

const ucs2 = (text: string) => Buffer.from(text, 'ucs2')
/** A text behind its length in characters, in one byte. */
const shortText = (text: string) => Buffer.concat([Buffer.from([text.length]), ucs2(text)])
const uint16 = (value: number) => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

/** A token behind its kind and its length in two bytes. */
const token = (kind: number, body: Buffer) => Buffer.concat([Buffer.from([kind]), uint16(body.length), body])

/** The end of an answer: how many rows, and flags (0x10 count is valid, 0x02 error, 0x20 attention). */
export function done(flags: number, count = 0): Buffer {
  const bytes = Buffer.alloc(13)
  bytes[0] = 0xfd
  bytes.writeUInt16LE(flags, 1)
  bytes.writeBigUInt64LE(BigInt(count), 5)
  return bytes
}

/** An error of the server, by its number, and the end of the answer. */
export const errorToken = (number: number, message: string): Buffer =>
  Buffer.concat([errorAlone(number, message), done(2)])

/** The answer to a login that is refused: several errors, the cause first. */
export const loginRefusal = (numbers: readonly number[]): Buffer =>
  Buffer.concat([...numbers.map((number) => errorAlone(number, 'as the test says')), done(2)])

function errorAlone(number: number, message: string): Buffer {
  const head = Buffer.alloc(6)
  head.writeInt32LE(number)
  // State, and class 16: an error that the user can correct.
  head.set([1, 16], 4)
  const line = Buffer.alloc(4)
  line.writeInt32LE(1)
  const text = Buffer.concat([uint16(message.length), ucs2(message)])
  return token(0xaa, Buffer.concat([head, text, shortText('fake'), shortText(''), line]))
}

/** Rows of text, each column as nvarchar. */
export function resultSet(columns: readonly string[], rows: readonly (readonly (string | null)[])[]): Buffer {
  const described = columns.map((name) =>
    // User type, then flags: nullable.
    Buffer.concat([Buffer.from([0, 0, 0, 0, 0x09, 0]), nvarchar4000, shortText(name)])
  )
  const cells = (row: readonly (string | null)[]) =>
    row.map((value) =>
      value === null ? uint16(0xffff) : Buffer.concat([uint16(value.length * 2), ucs2(value)])
    )
  const encoded = rows.map((row) => Buffer.concat([Buffer.from([0xd1]), ...cells(row)]))
  const head = Buffer.concat([Buffer.from([0x81]), uint16(columns.length)])
  return Buffer.concat([head, ...described, ...encoded, done(0x10, rows.length)])
}

const environmentChange = (kind: number, now: Buffer, before: Buffer) =>
  token(0xe3, Buffer.concat([Buffer.from([kind]), now, before]))

/** The answer to a login: database, collation, packet size, and who we are. */
export function loginAnswer(): Buffer {
  const version = Buffer.from([16, 0, 0x10, 0])
  const protocol = Buffer.from([1, 0x74, 0, 0, 4])
  return Buffer.concat([
    environmentChange(1, shortText('ods'), shortText('')),
    environmentChange(7, Buffer.concat([Buffer.from([collation.length]), collation]), Buffer.from([0])),
    environmentChange(4, shortText('4096'), shortText('4096')),
    token(0xad, Buffer.concat([protocol, shortText('Fake SQL Server'), version])),
    done(0)
  ])
}

/** The answer to a pre-login: version 16, no encryption, no MARS ([MS-TDS] 2.2.6.5). */
export function preloginAnswer(): Buffer {
  const options: [kind: number, value: Buffer][] = [
    [0, Buffer.from([16, 0, 0x03, 0xe8, 0, 0])],
    [1, Buffer.from([2])],
    [2, Buffer.from([0])],
    [3, Buffer.alloc(4)],
    [4, Buffer.from([0])]
  ]
  let offset = options.length * 5 + 1
  const index = options.map(([kind, value]) => {
    const entry = Buffer.alloc(5)
    entry[0] = kind
    entry.writeUInt16BE(offset, 1)
    entry.writeUInt16BE(value.length, 3)
    offset += value.length
    return entry
  })
  return Buffer.concat([...index, Buffer.from([0xff]), ...options.map(([, value]) => value)])
}

/** A transaction has begun, or ended, under this number. */
export function transactionAnswer(kind: 'begin' | 'commit' | 'rollback', id: bigint): Buffer {
  const number = Buffer.alloc(9)
  number[0] = 8
  number.writeBigUInt64LE(id, 1)
  const none = Buffer.from([0])
  const change =
    kind === 'begin'
      ? environmentChange(8, number, none)
      : environmentChange(kind === 'commit' ? 9 : 10, none, number)
  return Buffer.concat([change, done(0)])
}
