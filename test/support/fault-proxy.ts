import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** Kafka's numbers of the requests that tests disturb: https://kafka.apache.org/protocol#protocol_api_keys */
const apis = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  InitProducerId: 22
} as const

export type Api = keyof typeof apis

/** What happens to a frame: it vanishes, or into a test's hands; its connection ends in its place; it comes late, or changed. */
export type Harm =
  | 'drop'
  | 'cut'
  | { keep: (frame: Buffer) => void }
  | { delayMs: number }
  | { edit: (frame: Buffer) => Buffer }

export interface Fault {
  readonly api: Api
  readonly on: 'request' | 'reply'
  readonly harm: Harm
  /** How many frames of this kind pass unharmed first. */
  readonly skip?: number
  /** How many frames are harmed; all until `heal()` when absent. */
  readonly times?: number
}

interface ActiveFault extends Fault {
  skipped: number
  harmed: number
}

/** A proxy that speaks Kafka's framing: every frame is a length, then for a request its api key and correlation id. */
export class FaultProxy {
  readonly #servers: net.Server[] = []
  readonly #ports = new Map<string, number>()
  readonly #pairs = new Set<Pair>()
  #faults: ActiveFault[] = []
  #isBlackHole = false
  #refuses = false
  readonly #seen = new Map<string, number>()
  #refused = 0

  /** Listens on a free port for each broker. */
  static async start(brokers: string): Promise<FaultProxy> {
    const proxy = new FaultProxy()
    for (const broker of brokers.split(',')) {
      const [host = '', port = ''] = broker.split(':')
      const server = net.createServer((client) => proxy.#accept(client, { host, port: Number(port) }))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      proxy.#servers.push(server)
      proxy.#ports.set(broker, (server.address() as AddressInfo).port)
    }
    return proxy
  }

  /** For the client's `via`: where to connect in place of a broker's advertised address. */
  via = ({ host, port }: { host: string; port: number }) => {
    const proxied = this.#ports.get(`${host}:${port}`)
    if (proxied === undefined) throw new Error(`No proxy stands before ${host}:${port}`)
    return { host: '127.0.0.1', port: proxied }
  }

  /** Adds a fault; answers how often it has struck. */
  inflict(fault: Fault): () => number {
    const active = { ...fault, skipped: 0, harmed: 0 }
    this.#faults.push(active)
    return () => active.harmed
  }

  /** Swallows everything both ways from now on; connections stay open and new ones are accepted. */
  blackHole(): void {
    this.#isBlackHole = true
    for (const pair of this.#pairs) pair.isDead = true
  }

  /** Ends all connections; with `refuse`, new ones end at once too. */
  cut(options: { refuse?: boolean } = {}): void {
    this.#refuses = options.refuse ?? false
    for (const pair of this.#pairs) pair.end()
  }

  /** No more faults. Connections from the time of a black hole stay dead and open: the client must give them up. */
  heal(): void {
    this.#faults = []
    this.#refuses = false
    this.#isBlackHole = false
  }

  /** How many requests of a kind went by. */
  requests(api: Api): number {
    return this.#seen.get(`request ${apis[api]}`) ?? 0
  }

  /** Sends a frame that was kept to the broker, and gives what it answers, behind the correlation id. */
  async deliver(frame: Buffer): Promise<Buffer> {
    const [broker = ''] = this.#ports.keys()
    const [host = '', port = ''] = broker.split(':')
    const socket = net.connect({ host, port: Number(port) })
    try {
      socket.write(frame)
      let reply = Buffer.alloc(0)
      for await (const chunk of socket) {
        reply = Buffer.concat([reply, chunk as Buffer])
        if (reply.length >= 8 && reply.length >= 4 + reply.readInt32BE(0)) break
      }
      return reply.subarray(8)
    } finally {
      socket.destroy()
    }
  }

  /** How many connections were refused. */
  get refused(): number {
    return this.#refused
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.end()
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    )
  }

  #accept(client: Socket, to: { host: string; port: number }): void {
    if (this.#refuses) {
      this.#refused++
      client.destroy()
      return
    }
    const pair = new Pair(client, net.connect(to), (on, api) => this.#harm(on, api))
    pair.isDead = this.#isBlackHole
    this.#pairs.add(pair)
    pair.onEnd = () => this.#pairs.delete(pair)
  }

  #harm(on: 'request' | 'reply', api: number): Harm | null {
    const key = `${on} ${api}`
    this.#seen.set(key, (this.#seen.get(key) ?? 0) + 1)
    for (const fault of this.#faults) {
      if (fault.on !== on || apis[fault.api] !== api) continue
      if (fault.skipped < (fault.skip ?? 0)) fault.skipped++
      else if (fault.harmed < (fault.times ?? Number.MAX_SAFE_INTEGER)) {
        fault.harmed++
        return fault.harm
      }
    }
    return null
  }
}

/** A client's connection and ours to the broker behind it. */
class Pair {
  onEnd = () => {}
  /** Nothing passes any more, and nobody is told. */
  isDead = false
  readonly #client: Socket
  readonly #broker: Socket
  /** Which request a reply answers, by correlation id. */
  readonly #asked = new Map<number, number>()

  constructor(client: Socket, broker: Socket, harm: (on: 'request' | 'reply', api: number) => Harm | null) {
    this.#client = client
    this.#broker = broker
    for (const socket of [client, broker]) socket.on('error', () => {}).on('close', () => this.end())
    this.#pass(client, broker, (frame) => {
      const api = frame.readInt16BE(4)
      this.#asked.set(frame.readInt32BE(8), api)
      return harm('request', api)
    })
    this.#pass(broker, client, (frame) => {
      const id = frame.readInt32BE(4)
      const api = this.#asked.get(id) ?? -1
      this.#asked.delete(id)
      return harm('reply', api)
    })
  }

  end(): void {
    this.#client.destroy()
    this.#broker.destroy()
    this.onEnd()
  }

  #pass(from: Socket, to: Socket, judge: (frame: Buffer) => Harm | null): void {
    let rest = Buffer.alloc(0)
    // Frames leave in the order they came: one that is late holds up those behind it.
    let last: Promise<void> = Promise.resolve()
    from.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0)
        const frame = rest.subarray(0, end)
        rest = rest.subarray(end)
        const harm = judge(frame)
        last = last.then(() => this.#forward(frame, to, harm))
      }
    })
  }

  async #forward(frame: Buffer, to: Socket, harm: Harm | null): Promise<void> {
    if (harm === 'drop' || this.isDead) return
    if (harm === 'cut') return this.end()
    if (harm && 'keep' in harm) return harm.keep(frame)
    if (harm && 'delayMs' in harm) await wait(harm.delayMs)
    const passed = harm && 'edit' in harm ? edited(frame, harm.edit) : frame
    if (!to.destroyed) to.write(passed)
  }
}

/** Lets `edit` change what follows the length, and sets the length anew. */
function edited(frame: Buffer, edit: (body: Buffer) => Buffer): Buffer {
  const body = edit(frame.subarray(4))
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
