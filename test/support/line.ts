import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line to a server that can be cut and mended, or go dark; its port stays the same. */
export class Line {
  readonly #host: string
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #ownPort = 0
  #isDark = false

  constructor({ host, port }: { readonly host: string; readonly port: number }) {
    this.#host = host
    this.#port = port
  }

  /** A line to a server named as `host:port`, ready for use. */
  static async to(endpoint: string): Promise<Line> {
    const [host = '', port = ''] = endpoint.split(':')
    const line = new Line({ host, port: Number(port) })
    await line.open()
    return line
  }

  get port(): number {
    return this.#ownPort
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#ownPort}`
  }

  get isIdle(): boolean {
    return this.#sockets.size === 0
  }

  async open(): Promise<void> {
    // In the dark a socket must not answer the end of the other with its own.
    const onward = { host: this.#host, port: this.#port, allowHalfOpen: true }
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#pass(socket, connect(onward)))
    await new Promise<void>((resolve) => server.listen(this.#ownPort, '127.0.0.1', resolve))
    this.#ownPort = (server.address() as { port: number }).port
    this.#server = server
  }

  /** Everything is swallowed both ways, and nobody is told, neither of bytes nor of an end. */
  goDark(): void {
    this.#isDark = true
  }

  /** New connections work; those from the dark stay dead. */
  mend(): void {
    this.#isDark = false
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #pass(client: Socket, server: Socket): void {
    let isLost = false
    const isDark = () => {
      isLost ||= this.#isDark
      return isLost
    }
    for (const [from, to] of [
      [client, server],
      [server, client]
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => undefined)
      from.on('data', (bytes) => isDark() || to.write(bytes))
      from.on('end', () => isDark() || to.end())
      from.on('close', () => {
        this.#sockets.delete(from)
        if (!isDark()) to.destroy()
      })
    }
  }
}
