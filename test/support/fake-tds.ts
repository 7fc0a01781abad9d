import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { bareReservedWords } from '../sinks/ods/tsql/reserved-words.ts'
import {
  done,
  errorToken,
  loginAnswer,
  loginRefusal,
  messageTypes,
  preloginAnswer,
  resultSet,
  transactionAnswer
} from './tds-tokens.ts'

/** What the fake server answers to a statement; nothing is an empty success. */
export type Reply =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }
  /** An error by its number in SQL Server. */
  | { readonly error: number }
  /** The connection is lost. */
  | 'cut'
  /** No answer ever. */
  | 'silence'
  | undefined

/** What a client did: BEGIN, COMMIT, ROLLBACK, BULK with the statement before it, or the statement. */
export interface TdsEvent {
  readonly kind: 'begin' | 'commit' | 'rollback' | 'statement' | 'bulk'
  readonly sql: string
  /** Of a bulk load: bytes of its rows. */
  readonly bytes: number
}

interface Message {
  readonly type: number
  readonly data: Buffer
}

const headerBytes = 8

/** "Incorrect syntax near the keyword". */
const syntaxError = 156

/**
 * A server that speaks enough TDS 7.4 for tedious: it notes what a client does and answers as a test says, but refuses
 * statements in which a reserved word stands as a name without brackets.
 */
export class FakeTds {
  readonly events: TdsEvent[] = []
  /** Decides on the answer to a statement, or to the rows of a bulk load (whose statement begins with `insert bulk`). */
  reply: (sql: string, kind: 'statement' | 'bulk') => Reply = () => undefined
  /** Errors by which it answers to a login to a database, in their order; none lets everybody in. */
  refusesLogin: (database: string) => readonly number[] = () => []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #transactions = 0n

  static async start(): Promise<FakeTds> {
    const fake = new FakeTds()
    fake.#server.listen(0, '127.0.0.1')
    await once(fake.#server, 'listening')
    return fake
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
      void this.#serve(socket)
    })
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `mssql://sa:secret@127.0.0.1:${port}/ods?encrypt=false`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(socket: Socket): Promise<void> {
    let bulk: string | null = null
    for await (const message of messagesOf(socket)) {
      if (message.type === messageTypes.bulk && bulk !== null) {
        this.events.push({ kind: 'bulk', sql: bulk, bytes: message.data.length })
        answer(socket, this.reply(bulk, 'bulk'))
        bulk = null
        continue
      }
      const sql = sqlOf(message)
      // What was cancelled is answered, too, before the cancellation.
      if (message.type === messageTypes.attention) send(socket, done(0))
      if (sql === null) {
        send(socket, this.#protocolAnswer(message))
        continue
      }
      if (/^insert bulk/i.test(sql)) {
        bulk = sql
        send(socket, done(0))
        continue
      }
      this.events.push({ kind: 'statement', sql, bytes: 0 })
      answer(
        socket,
        bareReservedWords(sql).length > 0 ? { error: syntaxError } : this.reply(sql, 'statement')
      )
    }
  }

  #protocolAnswer({ type, data }: Message): Buffer {
    switch (type) {
      case messageTypes.prelogin:
        return preloginAnswer()
      case messageTypes.login: {
        const numbers = this.refusesLogin(databaseOf(data))
        return numbers.length === 0 ? loginAnswer() : loginRefusal(numbers)
      }
      case messageTypes.transaction:
        return this.#transaction(data)
      case messageTypes.attention:
        return done(0x20)
      default:
        throw new Error(`the fake server does not know messages of type ${type}`)
    }
  }

  #transaction(data: Buffer): Buffer {
    const request = data.readUInt16LE(data.readUInt32LE(0))
    // [MS-TDS] 2.2.6.9: TM_BEGIN_XACT, TM_COMMIT_XACT, else TM_ROLLBACK_XACT.
    const kind = request === 5 ? 'begin' : request === 7 ? 'commit' : 'rollback'
    if (kind === 'begin') this.#transactions++
    this.events.push({ kind, sql: '', bytes: 0 })
    return transactionAnswer(kind, this.#transactions)
  }
}

/** The database that a login names ([MS-TDS] 2.2.6.4): its place and length stand at byte 68. */
function databaseOf(data: Buffer): string {
  const [from, characters] = [data.readUInt16LE(68), data.readUInt16LE(70)]
  return data.subarray(from, from + characters * 2).toString('ucs2')
}

/** Messages of a client: packets until one that says it is the last. */
async function* messagesOf(socket: Socket): AsyncGenerator<Message> {
  let received = Buffer.alloc(0)
  let parts: Buffer[] = []
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer])
      while (received.length >= headerBytes && received.length >= received.readUInt16BE(2)) {
        const length = received.readUInt16BE(2)
        const [type = 0, status = 0] = received
        parts.push(received.subarray(headerBytes, length))
        received = received.subarray(length)
        if ((status & 1) === 0) continue
        yield { type, data: Buffer.concat(parts) }
        parts = []
      }
    }
  } catch {
    // The client went away, or a test cut the connection.
  }
}

function answer(socket: Socket, reply: Reply): void {
  if (reply === 'cut') socket.destroy()
  else if (reply === undefined) send(socket, done(0x10))
  else if (reply !== 'silence')
    send(
      socket,
      'error' in reply ? errorToken(reply.error, 'as the test says') : resultSet(reply.columns, reply.rows)
    )
}

/** Sends an answer in packets of at most 4,096 bytes. */
function send(socket: Socket, data: Buffer): void {
  const room = 4096 - headerBytes
  const packets = Math.max(1, Math.ceil(data.length / room))
  for (let n = 0; n < packets; n++) {
    const part = data.subarray(n * room, (n + 1) * room)
    const header = Buffer.alloc(headerBytes)
    header.set([messageTypes.response, n === packets - 1 ? 1 : 0])
    header.writeUInt16BE(headerBytes + part.length, 2)
    header[6] = (n + 1) & 0xff
    socket.write(Buffer.concat([header, part]))
  }
}

/** The statement of a batch or of sp_executesql; null for any other message. */
function sqlOf({ type, data }: Message): string | null {
  if (type === messageTypes.batch) return data.subarray(data.readUInt32LE(0)).toString('ucs2').trim()
  return type === messageTypes.rpc ? firstParameter(data) : null
}

/** The first parameter of a call, which is sp_executesql's statement ([MS-TDS] 2.2.6.6). */
function firstParameter(data: Buffer): string {
  let at = data.readUInt32LE(0)
  const nameLength = data.readUInt16LE(at)
  // 0xFFFF: the procedure by its number; then two bytes of flags.
  at += nameLength === 0xffff ? 4 : 2 + nameLength * 2
  at += 2
  // The parameter's name and status, then its type: nvarchar, longest length, collation.
  at += 1 + data.readUInt8(at) * 2 + 1 + 1
  const isLong = data.readUInt16LE(at) === 0xffff
  at += 2 + 5
  if (!isLong) return data.subarray(at + 2, at + 2 + data.readUInt16LE(at)).toString('ucs2')
  return longText(data, at + 8)
}

/** A text of any length: parts behind their lengths, up to an empty one. */
function longText(data: Buffer, from: number): string {
  const parts: Buffer[] = []
  for (let at = from; ; ) {
    const length = data.readUInt32LE(at)
    if (length === 0) return Buffer.concat(parts).toString('ucs2')
    parts.push(data.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
}
