import assert from 'node:assert/strict'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { tables } from '../../../schemas/tables.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { eventually } from '../../support/eventually.ts'
import { PolledTable } from './polled-table.ts'
import { numbered, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace
let line: Line

before(async () => {
  keyspace = await testKeyspace()
  line = new Line(process.env['COURANT_CASSANDRA_CONTACT_POINTS'] ?? '')
  await line.open()
})
after(async () => {
  await line.close()
  await keyspace.drop()
})

/** A line to the server that can be cut and mended; its port stays the same. */
class Line {
  readonly #host: string
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #ownPort = 0

  constructor(endpoint: string) {
    const [host = '', port = ''] = endpoint.split(':')
    this.#host = host
    this.#port = Number(port)
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#ownPort}`
  }

  get isIdle(): boolean {
    return this.#sockets.size === 0
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      const onward = connect(this.#port, this.#host)
      for (const end of [socket, onward]) {
        this.#sockets.add(end)
        end.on('error', () => undefined)
        end.on('close', () => this.#sockets.delete(end))
      }
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(this.#ownPort, '127.0.0.1', resolve))
    this.#ownPort = (server.address() as { port: number }).port
    this.#server = server
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

describe('a Cassandra that is gone for a while', () => {
  it('is a transient error at each read, and reading goes on when it is back', async (t) => {
    const table = new PolledTable(await keyspace.table(tables.userSessionEvents), {
      COURANT_CASSANDRA_CONTACT_POINTS: line.endpoint,
      COURANT_CASSANDRA_TIMEOUT_MS: '2000'
    })
    t.after(() => table.end())
    const write = (n: number) =>
      table.run('INSERT INTO $ (user_id, event_time, session_id, event_type) VALUES (?, ?, ?, ?)', [
        numbered(n),
        new Date(),
        numbered(n),
        'login'
      ])
    await write(1)
    assert.equal((await table.readToEnd()).length, 1)
    await line.close()
    for (let n = 0; n < 3; n += 1)
      await assert.rejects(table.readAndCommit(), (error) => {
        assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
        return true
      })
    await write(2)
    await line.open()
    const [change] = await eventually(() => table.readUntil(1), { timeoutMs: 20_000 })
    assert.equal(change?.after?.['user_id'], numbered(2))
    // The driver would keep a connection of before, and with it the process.
    await table.restart()
    await eventually(() => line.isIdle, { what: 'the end of every connection' })
  })
})
