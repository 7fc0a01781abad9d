import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CourantError } from '../../../runtime/errors.ts'
import { temporaryError } from '../../../runtime/files/temporary-folder.ts'

test('a full folder of temporary files is said with what to do, whoever wrote there', () => {
  const ofNode = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const ofDuckDb = new Error('IO Error: Could not write file "/tmp/x.parquet": No space left on device')
  for (const cause of [ofNode, ofDuckDb]) {
    const error = temporaryError(cause) as CourantError
    assert.deepEqual([error.code, error.cause], ['TARGET_FULL', cause])
    assert.match(error.message, /make room, or set TMPDIR/)
  }
})

test('any other error stays what it is', () => {
  const other = new Error('Binder Error: no such column')
  assert.equal(temporaryError(other), other)
})

test('what a process that was killed left goes at the next start, and of strangers only what is old', (t) => {
  const shared = mkdtempSync(join(tmpdir(), 'courant-test-'))
  t.after(() => rmSync(shared, { recursive: true }))
  const module = new URL('../../../runtime/files/temporary-folder.ts', import.meta.url).href
  const run = (then: string) => {
    const code = `import { temporaryFolder } from '${module}'; temporaryFolder(); ${then}`
    const args = ['--input-type=module', '-e', code]
    return spawnSync(process.execPath, args, { env: { ...process.env, TMPDIR: shared } })
  }
  const kill = `process.kill(process.pid, 'SIGKILL')`
  run(kill)
  const [left = ''] = readdirSync(shared)
  assert.match(left, /^courant-process-/)
  // As if it were of a container that numbers its processes itself.
  const owner = join(shared, left, 'owner')
  const own = readFileSync(owner, 'utf8')
  writeFileSync(owner, own.replace(/^\S+/, 'another-machine'))
  run('')
  assert.deepEqual(readdirSync(shared), [left])
  writeFileSync(owner, own)
  run('')
  assert.deepEqual(readdirSync(shared), [])
})
