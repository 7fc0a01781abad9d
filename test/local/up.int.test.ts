import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseEnv } from 'node:util'
import { startStack } from '../../local/stack.ts'
import { eventually } from '../support/eventually.ts'
import { ownEnv, temporaryFolder } from '../support/stack.ts'
import { requests } from './requests.ts'

const upModule = join(import.meta.dirname, '../../local/up.ts')

/** Runs a command of the CLI in a process of its own on the data folder; PostgreSQL stands for all servers. */
function command(t: TestContext, call: string, env: Record<string, string | undefined>) {
  const program = `import { up, down } from '${upModule}'; const report = console.log; ${call}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env, stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, text }))
  return { child, ended, text: () => text }
}

function endpointsIn(envFile: string): Record<string, string> {
  return parseEnv(readFileSync(envFile, 'utf8')) as Record<string, string>
}

const up = `await up({ servers: ['postgres'], report })`

test('up writes where its servers are, another process finds and stops them, and the data stays', async (t) => {
  // As outside an npm script, whose end would be watched.
  const dataDir = temporaryFolder(t)
  const env = { ...ownEnv(dataDir), npm_lifecycle_event: undefined }
  const envFile = join(dataDir, 'stack.env')

  const first = command(t, up, env)
  await eventually(() => first.text().includes('Ctrl-C stops everything'), { timeoutMs: 120_000 })
  const endpoints = endpointsIn(envFile)
  await requests.postgres.store(endpoints, 'kept')

  const second = await command(t, up, env).ended
  assert.equal(second.code, 1)
  assert.match(second.text, /A stack runs on .* already \(process \d+\); stop it with `courant down`/)

  assert.equal((await command(t, 'console.log(await down(report))', env).ended).text.trim(), 'true')
  assert.equal((await first.ended).code, 0)
  assert.ok(!existsSync(envFile))
  assert.equal((await command(t, 'console.log(await down(report))', env).ended).text.trim(), 'false')

  const third = command(t, up, env)
  await eventually(() => existsSync(envFile), { timeoutMs: 60_000 })
  assert.ok(await requests.postgres.has(endpointsIn(envFile), 'kept'))
  third.child.kill('SIGINT')
  assert.equal((await third.ended).code, 0)
})

test('a server whose endpoint is configured is not started', async (t) => {
  const lines: string[] = []
  const env = { ...ownEnv(temporaryFolder(t)), PGHOST: '127.0.0.1', COURANT_KAFKA_BROKERS: '127.0.0.1:1' }
  const report = (line: string) => lines.push(line)
  const stack = await startStack({ servers: ['postgres', 'kafka'], ports: 'free', env, report })
  t.after(() => stack.stop())
  assert.equal(stack.servers.size, 0)
  assert.deepEqual(stack.env, {})
  assert.deepEqual(lines, [
    'postgres   not started: PGHOST is set',
    'kafka      not started: COURANT_KAFKA_BROKERS is set'
  ])
})
