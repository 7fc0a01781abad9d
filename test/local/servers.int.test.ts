import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Running, ServerName } from '../../local/server.ts'
import { startStack } from '../../local/stack.ts'
import { ownEnv, ownStack, temporaryFolder } from '../support/stack.ts'
import { unique } from '../support/unique.ts'
import { requests } from './requests.ts'

for (const name of Object.keys(requests) as (keyof typeof requests)[]) {
  const probe = requests[name]

  test(`${name} answers, and keeps what it accepted through stop, kill -9 and other ports`, async (t) => {
    const env = ownEnv(temporaryFolder(t))
    const keys = { stopped: unique('stopped'), killed: unique('killed') }

    const first = await startStack({ servers: [name], ports: 'free', env })
    t.after(() => first.stop())
    const server = theOnly(first.servers)
    await probe.store(server.env, keys.stopped)
    await server.restart()
    assert.ok(await probe.has(server.env, keys.stopped), 'there after an orderly restart')

    const before = server.pid
    await probe.store(server.env, keys.killed)
    await server.kill()
    assert.throws(() => process.kill(before, 0), { code: 'ESRCH' })
    await server.restart()
    assert.notEqual(server.pid, before)
    assert.ok(await probe.has(server.env, keys.killed), 'there after kill -9')
    await first.stop()

    const second = await startStack({ servers: [name], ports: 'free', env })
    t.after(() => second.stop())
    const moved = theOnly(second.servers)
    assert.notDeepEqual(moved.env, server.env)
    assert.ok(await probe.has(moved.env, keys.stopped), 'there on other ports')
  })
}

test('azurite answers', async (t) => {
  const stack = await ownStack(t, 'azurite')
  const { url, env } = theOnly(stack.servers)
  const answer = await fetch(`${url}?comp=list`)
  assert.match(answer.headers.get('server') ?? '', /Azurite/)
  assert.match(env['AZURE_STORAGE_CONNECTION_STRING'] ?? '', new RegExp(`BlobEndpoint=${url};`))
})

function theOnly(servers: ReadonlyMap<ServerName, Running>): Running {
  const [server] = servers.values()
  assert.ok(server)
  return server
}
