import assert from 'node:assert/strict'
import { type Server as Listener, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { launch } from '../../local/launch.ts'
import { freePort, isFree, portVariable } from '../../local/ports.ts'
import type { CourantError } from '../../runtime/errors.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/stack.ts'
import { shellServer } from './fake-server.ts'

const runs = 'echo READY; exec sleep 600'
const nothingMore = async () => ({})

function optionsFor(t: TestContext, ports: 'free' | 'default', env: Record<string, string> = {}) {
  const lines: string[] = []
  const dataDir = temporaryFolder(t)
  return { lines, installed: dataDir, dataDir, ports, env, report: (line: string) => lines.push(line) }
}

async function occupy(t: TestContext, port: number): Promise<void> {
  const listener: Listener = createServer()
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', () => resolve()))
  t.after(() => listener.close())
}

test('a server that ends while starting fails with its last log lines and where the log is', async (t) => {
  const options = optionsFor(t, 'free')
  const server = shellServer('echo the disk is full; exit 3', nothingMore)
  await assert.rejects(launch(server, options), (error: CourantError) => {
    assert.equal(error.code, 'SERVER_NOT_READY')
    assert.match(error.message, /ended while starting/)
    assert.match(error.message, /the disk is full/)
    assert.ok(error.message.includes(`${options.dataDir}/logs/kafka.log`))
    return true
  })
})

test('a server that does nothing any more while it starts is given up, and one that works is not', async (t) => {
  const stuck = { ...optionsFor(t, 'free'), patience: { idleMs: 300, cpuMs: 1_000 } }
  await assert.rejects(
    launch(shellServer('echo cannot find the other; exec sleep 600', nothingMore), stuck),
    /does nothing any more while starting: cannot find the other \(log: /
  )
  const slow = 'for i in 1 2 3 4 5 6 7 8; do echo step $i; sleep 0.2; done; echo READY; exec sleep 600'
  const running = await launch(shellServer(slow, nothingMore), {
    ...optionsFor(t, 'free'),
    patience: { idleMs: 1_000, cpuMs: 1_000 }
  })
  await running.stop()
})

test('a server that ends later by itself is reported', async (t) => {
  const options = optionsFor(t, 'free')
  const running = await launch(shellServer(runs, nothingMore), options)
  process.kill(running.pid, 'SIGKILL')
  await eventually(() => options.lines.some((line) => line.startsWith('ended by itself (SIGKILL)')))
})

test('kill ends a server that ignores the request to stop', async (t) => {
  const server = shellServer('trap "" TERM; echo READY; while :; do sleep 1; done', nothingMore)
  const running = await launch(server, optionsFor(t, 'free'))
  await running.kill()
  assert.throws(() => process.kill(running.pid, 0), { code: 'ESRCH' })
})

test('a trouble that passes by itself is waited out', async (t) => {
  const options = optionsFor(t, 'free')
  const mark = `${options.dataDir}/second`
  const script = `[ -e ${mark} ] && { echo READY; exec sleep 600; }; touch ${mark}; echo still in use; exit 1`
  const server = shellServer(script, async () => ({ passingTrouble: /still in use/ }))
  const running = await launch(server, options)
  await running.stop()
})

test('a default port that is taken gives way to a free one, and that is said', async (t) => {
  const taken = await freePort()
  await occupy(t, taken)
  const options = optionsFor(t, 'default')
  const running = await launch({ ...shellServer(runs, nothingMore), ports: { main: taken } }, options)
  t.after(() => running.stop())
  assert.notEqual(running.url, `127.0.0.1:${taken}`)
  assert.match(
    options.lines[0] ?? '',
    new RegExp(`port ${taken} is taken, using \\d+ \\(COURANT_LOCAL_KAFKA_PORT`)
  )
})

test('a configured port is used, and when it is taken that is an error that names the variable', async (t) => {
  const port = await freePort()
  const server = shellServer(runs, nothingMore)
  const options = optionsFor(t, 'default', { [portVariable(server, 'main')]: String(port) })
  const running = await launch(server, options)
  assert.equal(running.url, `127.0.0.1:${port}`)
  await running.stop()
  await occupy(t, port)
  await assert.rejects(launch(server, options), /Port \d+ \(COURANT_LOCAL_KAFKA_PORT\) is taken/)
})

for (const [who, says] of Object.entries({
  Node: 'error.message',
  Cassandra: "'/127.0.0.1:17000 is in use by another process.  Change listen_address:storage_port'"
}))
  test(`a port lost between choosing and listening is replaced by another, as ${who} says it`, async (t) => {
    const listens = `
    require('node:net').createServer().listen(process.argv[1], '127.0.0.1', () => console.log('READY'))
      .on('error', (error) => { console.log(${says}); process.exit(1) })`
    const tried: number[] = []
    const server = shellServer('', async (place) => {
      const port = place.ports['main'] ?? 0
      tried.push(port)
      if (tried.length === 1) await occupy(t, port)
      return { command: process.execPath, args: ['-e', listens, String(port)] }
    })
    const options = optionsFor(t, 'free')
    const running = await launch(server, options)
    t.after(() => running.stop())
    assert.equal(tried.length, 2)
    assert.equal(running.url, `127.0.0.1:${tried[1]}`)
    assert.ok(!(await isFree(tried[1] ?? 0)))
    assert.match(options.lines[0] ?? '', /a port was taken meanwhile/)
  })
