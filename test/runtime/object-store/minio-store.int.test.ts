import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import { objectStoreFor } from '../../../runtime/object-store/object-store-for.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { objectStoreContract } from '../../contracts/object-store.contract.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const open = (env: Record<string, string> = {}): Promise<ObjectStore> =>
  objectStoreFor(settingsFrom({ ...process.env, COURANT_LAKE_URL: `s3://${unique('lake')}`, ...env }))

const isError = (code: ErrorCode) => (error: unknown) => error instanceof CourantError && error.code === code

/** A store whose server answers each request for an object's 1,000 bytes in some way of its own. */
async function storeThatSends(
  t: TestContext,
  send: (response: ServerResponse) => void
): Promise<ObjectStore> {
  const server = createHttpServer(({ method }, response) => {
    response.writeHead(200, { 'content-length': method === 'GET' ? 1000 : 0, etag: '"e"' })
    if (method === 'GET') send(response)
    else response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return open({ MINIO_ENDPOINT: `127.0.0.1:${port}`, MINIO_USE_SSL: 'false' })
}

objectStoreContract('the MinIO store', () => open())

describe('the MinIO store', () => {
  it('lists more than a page of a thousand', async () => {
    const store = await open()
    const put = (n: number) => store.put(`many/${String(n).padStart(5, '0')}`, bytesContent(''))
    for (let n = 0; n < 1010; n += 101) await Promise.all(Array.from({ length: 101 }, (_, i) => put(n + i)))
    let count = 0
    for await (const { name } of store.list('many/'))
      assert.equal(name, `many/${String(count++).padStart(5, '0')}`)
    assert.equal(count, 1010)
  })

  it('says what is wrong when the key is refused', async () => {
    await assert.rejects(open({ MINIO_SECRET_KEY: 'not-the-secret' }), isError('TARGET_REFUSED'))
    await assert.rejects(open({ MINIO_ACCESS_KEY: 'nobody' }), isError('TARGET_REFUSED'))
  })

  it('will be asked again when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await assert.rejects(open({ MINIO_ENDPOINT: `127.0.0.1:${port}` }), isError('TARGET_UNAVAILABLE'))
  })

  it('will be asked again when a body breaks off in the middle', async (t) => {
    const store = await storeThatSends(t, (response) =>
      response.write('the first part', () => response.socket?.destroy())
    )
    await assert.rejects(readText(store, 'x'), isError('TARGET_UNAVAILABLE'))
    const file = join(temporaryFolder(t), 'copy')
    await assert.rejects(store.copyTo('x', file), isError('TARGET_UNAVAILABLE'))
    assert.ok(!existsSync(file))
  })

  it('is not blamed for a copy that this machine cannot write', async (t) => {
    const store = await storeThatSends(t, (response) => response.end('x'.repeat(1000)))
    const file = join(temporaryFolder(t), 'no-such-folder', 'copy')
    await assert.rejects(store.copyTo('x', file), { code: 'ENOENT', path: file })
  })

  it('gives up on a server that takes the request and never answers', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const env = { MINIO_ENDPOINT: `127.0.0.1:${port}`, COURANT_LAKE_IDLE_MS: '200' }
    await assert.rejects(open(env), isError('TARGET_UNAVAILABLE'))
    for (const socket of sockets) socket.destroy()
    server.close()
  })
})
