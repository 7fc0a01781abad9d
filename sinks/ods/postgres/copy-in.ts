import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Connection, Submittable } from 'pg'

/** The part of pg's connection that its type declarations leave out. */
interface CopyConnection {
  readonly stream: Writable
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(reason: string): void
}

/** `COPY … FROM STDIN`: sends chunks as fast as the server takes them. Give it to `client.query`, then await `done`. */
export class CopyIn implements Submittable {
  readonly done: Promise<void>
  /** Replaced by the driver: being called ends the wait after which it calls handleError. */
  callback = (): void => undefined
  readonly #text: string
  readonly #chunks: AsyncIterable<Buffer>
  readonly #settle = Promise.withResolvers<void>()
  #error: unknown = null

  constructor(text: string, chunks: AsyncIterable<Buffer>) {
    this.#text = text
    this.#chunks = chunks
    this.done = this.#settle.promise
  }

  submit(connection: Connection): void {
    const copying: unknown = connection
    ;(copying as CopyConnection).query(this.#text)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#send(connection).catch((error: unknown) => {
      this.#error ??= error
      connection.sendCopyFail('the rows cannot be read')
    })
  }

  handleError(error: unknown): void {
    // When sending failed, the server only repeats what we told it.
    this.#error ??= error
    this.#end()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#end()
  }

  #end(): void {
    this.callback()
    if (this.#error === null) this.#settle.resolve()
    else this.#settle.reject(this.#error)
  }

  async #send(connection: CopyConnection): Promise<void> {
    for await (const chunk of this.#chunks) {
      if (this.#error !== null) return
      connection.sendCopyFromChunk(chunk)
      if (connection.stream.writableNeedDrain) await drained(connection.stream)
    }
    connection.endCopyFrom()
  }
}

/** Resolves also when the connection ends: the server's error is told by handleError. */
async function drained(stream: Writable): Promise<void> {
  const over = new AbortController()
  const events = ['drain', 'close'].map((event) => once(stream, event, { signal: over.signal }))
  try {
    await Promise.race(events)
  } finally {
    over.abort()
    await Promise.allSettled(events)
  }
}
