import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { serveEdge } from '../../edge/app.ts'
import { proxyCheck } from '../../edge/connections.ts'
import { eventually } from '../support/eventually.ts'
import { memoryTopics } from '../support/memory-topics.ts'

async function listening(t: TestContext, env: Record<string, string> = {}) {
  const { context } = await memoryTopics({
    env: { COURANT_EDGE_OPEN: 'true', COURANT_EDGE_PORT: '0', ...env }
  })
  const edge = await serveEdge({ settings: context.settings, log: context.log, metrics: context.metrics })
  t.after(() => edge.close())
  return { context, port: Number(new URL(edge.url).port) }
}

/** A connection from an address of loopback, and what it was told. */
function client(
  port: number,
  localAddress: string
): { socket: Socket; said: () => string; closed: Promise<unknown> } {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += String(chunk)
  })
  socket.on('error', () => undefined)
  return { socket, said: () => text, closed: once(socket, 'close') }
}

const request = 'GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('connections to the edge', { timeout: 120_000 }, () => {
  it('of one address do not keep another one out', async (t) => {
    const { context, port } = await listening(t, { COURANT_EDGE_CONNECTIONS: '3' })
    const greedy = Array.from({ length: 20 }, () => client(port, '127.0.0.2'))
    await eventually(() => context.counted.get('edge_connections_refused_total') === 17)
    const other = client(port, '127.0.0.3')
    other.socket.write(request)
    await eventually(() => other.said().startsWith('HTTP/1.1 404 '))
    for (const { socket } of [...greedy, other]) socket.destroy()
    // The server may see that they are gone a moment later.
    await eventually(async () => {
      const again = client(port, '127.0.0.2')
      again.socket.end(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      await again.closed
      return again.said().startsWith('HTTP/1.1 404 ')
    })
  })

  it('that never end their headers are closed, and what is no HTTP is answered with our headers', async (t) => {
    const { port } = await listening(t)
    const half = client(port, '127.0.0.1')
    half.socket.write('POST /none HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    const broken = client(port, '127.0.0.1')
    broken.socket.write('canary\r\n\r\n')
    await broken.closed
    assert.match(broken.said(), /^HTTP\/1\.1 400 .*x-content-type-options: nosniff/is)
    assert.doesNotMatch(broken.said(), /canary/)
    await half.closed
    assert.match(half.said(), /^HTTP\/1\.1 408 /)
  })

  it('come from a proxy of ours only if the settings say so', () => {
    const isProxy = proxyCheck('10.0.0.0/8, 192.0.2.7, 2001:db8::/32')
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8::1'])
      assert.equal(isProxy(address), true, address)
    for (const address of ['11.1.2.3', '192.0.2.8', '2001:db9::1', 'proxy.example.com', ''])
      assert.equal(isProxy(address), false, address)
    assert.equal(proxyCheck('')('127.0.0.1'), false)
  })
})
