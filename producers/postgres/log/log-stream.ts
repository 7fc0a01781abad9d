import type * as LogicalReplication from 'pg-logical-replication'
import type { Client, ClientConfig } from 'pg'
import { lsnText, parseLsn } from './lsn.ts'
import { decodeLog, type LogMessage } from './pgoutput.ts'
import { translateError } from '../translate-error.ts'
import { lazyPackage } from '../../../runtime/process/lazily.ts'

const replication = lazyPackage<typeof LogicalReplication>('pg-logical-replication')

export interface LogStreamOptions {
  readonly client: ClientConfig
  readonly slot: string
  readonly publication: string
  /** Nothing that was committed before it is sent. */
  readonly from: bigint
  /** How long the server may leave what it is asked unanswered; as long as its own subscribers wait by default. */
  readonly silenceMs?: number
}

/** Messages, and bytes of them, read ahead of the reader before the server is made to wait. */
const mostQueued = 10_000
const mostQueuedBytes = 32 * 1024 * 1024
const statusMs = 10_000

interface Queued {
  readonly message: LogMessage
  readonly bytes: number
}

/** Follows one replication slot. Nothing is confirmed to the server but what `confirm` was called with. */
export class LogStream {
  readonly #service: LogicalReplication.LogicalReplicationService
  readonly #timer: NodeJS.Timeout
  readonly #silenceMs: number
  readonly #queue: Queued[] = []
  #queuedBytes = 0
  #wake: () => void = () => undefined
  #makeRoom: () => void = () => undefined
  #error: unknown = null
  #confirmed: bigint
  /** Messages that the library has received and not yet passed on. */
  #underWay = 0
  #isInTransaction = false
  /** End of the log as of the last sign of life. */
  #endOfLog: bigint | null = null
  /** When the server was first asked what it has not answered since. */
  #askedAtMs: number | null = null

  constructor(options: LogStreamOptions) {
    this.#confirmed = options.from
    this.#silenceMs = options.silenceMs ?? 60_000
    // The library's own acknowledgements confirm what was received, not what is durable.
    this.#service = new replication.LogicalReplicationService(options.client, {
      acknowledge: { auto: false, timeoutSeconds: 0 },
      flowControl: { enabled: true }
    })
    this.#service.on('data', (_lsn: string, received: readonly Queued[]) => this.#push(received))
    this.#service.on('heartbeat', (lsn: string, _at: number, mustAnswer: boolean) => {
      this.#endOfLog = parseLsn(lsn)
      this.#askedAtMs = null
      if (mustAnswer) this.#sendStatus()
    })
    this.#service.on('error', (error: Error) => this.#fail(error))
    this.#timer = setInterval(() => this.#sendStatus(), statusMs)
    this.#subscribe(options)
  }

  /** Messages that came, at most so many; waits for the first, and gives none when none came in time. */
  async take(limit: number, options: { waitMs: number; signal: AbortSignal }): Promise<LogMessage[]> {
    if (this.#queue.length === 0 && !this.#error) await this.#more(options)
    if (this.#isSilent) this.#fail(new Error(`no sign of life on the connection for ${this.#silenceMs} ms`))
    if (this.#queue.length === 0 && this.#error) throw this.#error
    const taken = this.#queue.splice(0, limit)
    for (const { bytes } of taken) this.#queuedBytes -= bytes
    if (!this.#isFull) this.#makeRoom()
    return taken.map(({ message }) => message)
  }

  get #isFull(): boolean {
    return this.#queue.length >= mostQueued || this.#queuedBytes >= mostQueuedBytes
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** The end of the log when all that was sent of it has been taken, else null. */
  get idleAt(): bigint | null {
    return this.isEmpty && this.#underWay === 0 && !this.#isInTransaction ? this.#endOfLog : null
  }

  /** Asks the server how far it has sent the log; `idleAt` has the answer when it comes. */
  ask(): void {
    // While messages wait here nothing is read from the connection, so that no answer could come.
    if (this.isEmpty && this.#underWay === 0) this.#askedAtMs ??= performance.now()
    this.#sendStatus({ mustAnswer: true })
  }

  get #isSilent(): boolean {
    return this.#askedAtMs !== null && performance.now() - this.#askedAtMs > this.#silenceMs
  }

  /** Lets the server forget the log before this place. */
  confirm(lsn: bigint): void {
    if (lsn <= this.#confirmed) return
    this.#confirmed = lsn
    this.#sendStatus()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#makeRoom()
    await this.#service.destroy().catch(() => undefined)
  }

  #subscribe({ publication, slot, from }: LogStreamOptions): void {
    const plugin = {
      options: {},
      name: 'pgoutput',
      parse: (buffer: Buffer) => this.#receive(buffer),
      start: (client: Client, name: string, lsn: string) =>
        client.query(
          `START_REPLICATION SLOT "${name}" LOGICAL ${lsn} (proto_version '1', publication_names '"${publication}"')`
        )
    }
    this.#service.subscribe(plugin, slot, lsnText(from)).then(
      () => this.#fail(new Error('Connection terminated by the server')),
      (error: unknown) => this.#fail(error)
    )
  }

  #receive(buffer: Buffer): Queued[] {
    const messages = decodeLog(buffer)
    this.#askedAtMs = null
    this.#underWay++
    for (const { kind } of messages)
      if (kind === 'begin' || kind === 'commit') this.#isInTransaction = kind === 'begin'
    return messages.map((message) => ({ message, bytes: buffer.length / messages.length }))
  }

  async #push(received: readonly Queued[]): Promise<void> {
    this.#underWay--
    this.#queue.push(...received)
    for (const { bytes } of received) this.#queuedBytes += bytes
    this.#wake()
    if (this.#isFull)
      await new Promise<void>((resolve) => {
        this.#makeRoom = resolve
      })
  }

  #more({ waitMs, signal }: { waitMs: number; signal: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, waitMs)
      signal.addEventListener('abort', done, { once: true })
      this.#wake = done
    })
  }

  // The library adds one to what it is given; with the end of a transaction that would skip a commit right behind it.
  #sendStatus({ mustAnswer } = { mustAnswer: false }): void {
    void this.#service
      .acknowledge(lsnText(this.#confirmed - 1n), mustAnswer)
      .catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#error ??= translateError(error, 'to the log stream')
    this.#wake()
  }
}
