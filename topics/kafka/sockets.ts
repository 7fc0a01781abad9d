import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Connection } from './connection.ts'
import type { SocketFactory } from './kafkajs-cluster.ts'

const keepAliveMs = 60_000

/** Makes kafkajs's sockets and keeps the living ones in `sockets`, so that their owner can cut them. */
export function socketFactory(via: Connection['via'], sockets: Set<Socket>): SocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const to = via?.({ host, port }) ?? { host, port }
    const servername = net.isIP(host) ? {} : { servername: host }
    const socket = ssl
      ? tls.connect({ ...to, ...servername, ...(ssl as tls.ConnectionOptions) }, onConnect)
      : net.connect(to, onConnect)
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
}

/** Why a socket ended that we cut ourselves. */
export const cutByUs = 'given up by the client'

/** Cuts every socket; kafkajs rejects what waits on them. */
export function cut(sockets: Set<Socket>): void {
  for (const socket of sockets) socket.destroy(new Error(cutByUs))
}
