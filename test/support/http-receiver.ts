import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedRequest {
  readonly headers: http.IncomingHttpHeaders
  readonly body: unknown
  /** The body byte for byte, as signatures are over it. */
  readonly raw: string
}

/** What a receiver answers: a status with headers. */
export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
}

type UsualAnswer = (request: ReceivedRequest) => ReceiverAnswer

/** An HTTP server on this machine that remembers what it got, and answers as it is told. */
export class HttpReceiver {
  readonly received: ReceivedRequest[] = []
  /** What the next requests are answered, in turn; then what is usual. */
  readonly answers: ReceiverAnswer[] = []
  readonly #usual: UsualAnswer
  readonly #server: http.Server

  /** Listens on a free port; answers 202 unless told. */
  static async start(usual: UsualAnswer = () => ({ status: 202 })): Promise<HttpReceiver> {
    const receiver = new HttpReceiver(usual)
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  private constructor(usual: UsualAnswer) {
    this.#usual = usual
    this.#server = http.createServer((request, response) => void this.#answer(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const raw = await text(request)
    const received = { headers: request.headers, body: JSON.parse(raw) as unknown, raw }
    this.received.push(received)
    const { status, headers = {} } = this.answers.shift() ?? this.#usual(received)
    response.writeHead(status, headers).end()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
