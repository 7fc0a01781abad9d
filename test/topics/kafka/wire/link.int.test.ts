import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { Link } from '../../../../topics/kafka/wire/link.ts'
import { eventually } from '../../../support/eventually.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

describe('a link to Kafka', () => {
  it('leaves no connection behind when it is given up while it connects', async () => {
    const sockets = new Set<Socket>()
    // Takes every connection and never answers.
    const server = createServer((socket) => {
      sockets.add(socket)
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', () => sockets.delete(socket))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const brokers = [`127.0.0.1:${port}`]
    const link = new Link({
      brokers,
      clientId: 'test',
      ssl: false,
      sasl: undefined,
      log,
      requestMs: 60_000,
      metadataMs: 60_000
    })
    const connecting = link.cluster()
    await eventually(() => sockets.size > 0)
    link.discard()
    await assert.rejects(connecting)
    await eventually(() => sockets.size === 0)
    await link.close()
    server.close()
  })
})
