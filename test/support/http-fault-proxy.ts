import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What happens to a request: it gets this status instead of reaching the server, its connection ends before it reaches
 * the server, or after the server has done it and before the answer is passed on, or nobody ever answers.
 */
export type HttpHarm = { readonly status: number; readonly code?: string } | 'cut' | 'cut-answer' | 'silence'

export interface HttpFault {
  readonly method?: string
  /** Looked for in the decoded path. */
  readonly path?: RegExp
  readonly harm: HttpHarm
  /** How many requests of this kind pass unharmed first. */
  readonly skip?: number
  /** How many are harmed; all until `heal()` when absent. */
  readonly times?: number
}

interface ActiveFault extends HttpFault {
  skipped: number
  harmed: number
}

/** An HTTP proxy in front of one server, for tests of what its clients do when it misbehaves. */
export class HttpFaultProxy {
  readonly #server: http.Server
  readonly #target: URL
  readonly #agent = new http.Agent({ keepAlive: true })
  #faults: ActiveFault[] = []
  #requests = 0

  /** Listens on a free port in front of `target`, such as `http://127.0.0.1:10000`. */
  static async start(target: string): Promise<HttpFaultProxy> {
    const proxy = new HttpFaultProxy(new URL(target))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor(target: URL) {
    this.#target = target
    this.#server = http.createServer((request, response) => this.#handle(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** How many requests came. */
  get requests(): number {
    return this.#requests
  }

  /** Adds a fault; answers how often it has struck. */
  inflict(fault: HttpFault): () => number {
    const active = { ...fault, skipped: 0, harmed: 0 }
    this.#faults.push(active)
    return () => active.harmed
  }

  /** No more faults. */
  heal(): void {
    this.#faults = []
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#agent.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.#requests++
    const harm = this.#harm(request)
    if (harm === 'silence') return
    if (harm === 'cut') return void request.socket.destroy()
    if (harm !== null && typeof harm === 'object') {
      request.resume()
      const headers = { 'x-ms-error-code': harm.code ?? '', 'content-length': 0 }
      return void request.on('end', () => response.writeHead(harm.status, headers).end())
    }
    this.#forward(request, response, harm === 'cut-answer')
  }

  #forward(request: IncomingMessage, response: ServerResponse, isCut: boolean): void {
    const { method, url: path, headers } = request
    const { hostname: host, port } = this.#target
    const onward = http.request({ host, port, method, path, headers, agent: this.#agent }, (answer) => {
      if (isCut) answer.resume().on('end', () => request.socket.destroy())
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
    })
    onward.on('error', () => request.socket.destroy())
    request.pipe(onward)
  }

  #harm({ method, url = '' }: IncomingMessage): HttpHarm | null {
    for (const fault of this.#faults) {
      if (fault.method !== undefined && fault.method !== method) continue
      if (fault.path && !fault.path.test(decodeURIComponent(url))) continue
      if (fault.skipped < (fault.skip ?? 0)) fault.skipped++
      else if (fault.harmed < (fault.times ?? Number.MAX_SAFE_INTEGER)) {
        fault.harmed++
        return fault.harm
      }
    }
    return null
  }
}

/** The stack's connection string with another blob endpoint, such as that of a proxy in front of it. */
export function connectionStringVia(connectionString: string, origin: string): string {
  return connectionString.replace(/BlobEndpoint=https?:\/\/[^/;]+/, `BlobEndpoint=${origin}`)
}

/** The origin of a connection string's blob endpoint. */
export function blobOrigin(connectionString: string): string {
  return /BlobEndpoint=(https?:\/\/[^/;]+)/.exec(connectionString)?.[1] ?? ''
}
