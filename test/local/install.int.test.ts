import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { installOnce } from '../../local/install.ts'
import { holderOf, tryLock } from '../../local/lock.ts'
import { identityOf } from '../../local/process-identity.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/stack.ts'

/** A process that begins to install into the folder and never ends. */
const endlessInstall = `
  import { writeFileSync } from 'node:fs'
  import { installOnce } from '${join(import.meta.dirname, '../../local/install.ts')}'
  await installOnce(process.argv[1], async (unfinished) => {
    writeFileSync(unfinished + '/half', 'half')
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  })`

test('of many that install the same at once one does, and all find it whole', async (t) => {
  const folder = join(temporaryFolder(t), 'server')
  let fills = 0
  const one = () =>
    installOnce(folder, async (unfinished) => {
      fills += 1
      writeFileSync(join(unfinished, 'a'), 'a')
      await new Promise((resolve) => setTimeout(resolve, 50))
      writeFileSync(join(unfinished, 'b'), 'b')
    })
  await Promise.all([one(), one(), one(), one()])
  assert.equal(fills, 1)
  assert.deepEqual(readdirSync(folder).sort(), ['a', 'b'])
})

test('an installation that was killed half-way is done again', async (t) => {
  const cache = temporaryFolder(t)
  const folder = join(cache, 'server')
  const child = spawn(process.execPath, ['--input-type=module', '-e', endlessInstall, folder])
  t.after(() => child.kill('SIGKILL'))
  await eventually(() => readdirSync(cache).some((name) => existsSync(join(cache, name, 'half'))))
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(!existsSync(folder))

  await installOnce(folder, async (unfinished) => writeFileSync(join(unfinished, 'whole'), 'whole'))
  assert.deepEqual(readdirSync(folder), ['whole'])
  assert.deepEqual(readdirSync(cache), ['server'])
})

test('an installation that fails leaves nothing and may be tried again', async (t) => {
  const cache = temporaryFolder(t)
  const folder = join(cache, 'server')
  const fail = installOnce(folder, async () => Promise.reject(new Error('no network')))
  await assert.rejects(fail, /no network/)
  assert.deepEqual(readdirSync(cache), [])
})

test('a lock is held once, and one left by a process that is gone or was another is free', (t) => {
  const file = join(temporaryFolder(t), 'lock')
  const release = tryLock(file)
  assert.ok(release)
  assert.equal(holderOf(file), identityOf(process.pid))
  assert.equal(tryLock(file), null)
  release()
  assert.equal(holderOf(file), null)

  writeFileSync(file, `${process.pid} 1`)
  assert.equal(holderOf(file), null, 'the same id, but another process')
  assert.ok(tryLock(file))
  assert.equal(readFileSync(file, 'utf8'), identityOf(process.pid))
})
