import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedRequest {
  readonly headers: http.IncomingHttpHeaders
  readonly body: unknown
}

/** What a receiver answers: a status with headers. */
export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
}

/** An HTTP server on this machine that remembers what it got, and answers as it is told. */
export class HttpReceiver {
  readonly received: ReceivedRequest[] = []
  /** What the next requests are answered, in turn; then 202. */
  readonly answers: ReceiverAnswer[] = []
  readonly #server: http.Server

  static async start(): Promise<HttpReceiver> {
    const receiver = new HttpReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  private constructor() {
    this.#server = http.createServer((request, response) => void this.#answer(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.received.push({ headers: request.headers, body: JSON.parse(await text(request)) as unknown })
    const { status, headers = {} } = this.answers.shift() ?? { status: 202 }
    response.writeHead(status, headers).end()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
