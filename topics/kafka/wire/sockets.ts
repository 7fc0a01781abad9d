import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Connection } from '../connection.ts'
import type { SocketFactory } from '../admin/kafkajs-cluster.ts'

const keepAliveMs = 60_000

/** Why a socket ended that we cut ourselves. */
export const cutByUs = 'given up by the client'

/** The sockets that one client of kafkajs makes, so that their owner can cut them. */
export class Sockets {
  readonly #open = new Set<Socket>()
  #isCut = false

  /** Makes them for kafkajs. */
  factory(via: Connection['via']): SocketFactory {
    return ({ host, port, ssl, onConnect }) => {
      const to = via?.({ host, port }) ?? { host, port }
      const servername = net.isIP(host) ? {} : { servername: host }
      const socket = ssl
        ? tls.connect({ ...to, ...servername, ...(ssl as tls.ConnectionOptions) }, onConnect)
        : net.connect(to, onConnect)
      socket.setKeepAlive(true, keepAliveMs).setNoDelay(true)
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
      // kafkajs connects again when a socket is cut while it connects; nobody would ever close that one.
      if (this.#isCut) this.cut()
      return socket
    }
  }

  /** Cuts every socket, and those that are made from now on; kafkajs rejects what waits on them. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#open) socket.destroy(new Error(cutByUs))
  }
}
