import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { test } from 'node:test'
import { useDotEnv } from '../../cli/dot-env.ts'
import { envExample } from '../../docs/env-example.ts'
import { temporaryFolder } from '../support/stack.ts'

const from = (text: string | null, env: NodeJS.ProcessEnv, folder: string) => {
  if (text !== null) writeFileSync(join(folder, '.env'), text)
  useDotEnv(folder, env)
  return env
}

test('.env says what the environment does not, which wins, were it by a file of its own', (t) => {
  const folder = temporaryFolder(t)
  const text =
    '# as before\nMINIO_ENDPOINT="minio:9000"\r\nPGPASSWORD=old\nMAX_CONTENT_LENGTH=5\nREDIS_HOST=redis\n'
  assert.deepEqual(from(text, { MAX_CONTENT_LENGTH: '', PGPASSWORD_FILE: '/run/secret' }, folder), {
    MINIO_ENDPOINT: 'minio:9000',
    MAX_CONTENT_LENGTH: '',
    PGPASSWORD_FILE: '/run/secret',
    REDIS_HOST: 'redis'
  })
})

test('without .env, or with a folder of that name, nothing happens; one that cannot be read is said', (t) => {
  const folder = temporaryFolder(t)
  assert.deepEqual(from(null, {}, folder), {})
  mkdirSync(join(folder, '.env'))
  assert.deepEqual(from(null, {}, folder), {})
  rmSync(join(folder, '.env'), { recursive: true })
  // Root reads everything: a name below a file is what nobody can read.
  writeFileSync(join(folder, 'file'), '')
  assert.throws(() => useDotEnv(join(folder, 'file'), {}), /cannot be read \(ENOTDIR\)/)
})

test('.env.example changes nothing as it is, and shows what one system reads under its name', () => {
  const a = { env: 'A', describe: 'Both read it', default: '/root/of/a' }
  const b = { env: 'B', describe: 'One reads it', secret: true }
  const text = envExample(
    [b, a],
    [
      { name: 'one', settings: [a, b] },
      { name: 'two', settings: [a] }
    ],
    '/root/'
  )
  assert.deepEqual({ ...parseEnv(text) }, {})
  assert.deepEqual({ ...parseEnv(text.replaceAll(/^#(?=\w+=)/gm, '')) }, { A: 'of/a', B: '' })
  assert.ok(text.indexOf('#A=') < text.indexOf('==== one') && text.indexOf('==== one') < text.indexOf('#B='))
  assert.match(text, /# One reads it \(secret\)\n#B=\n/)
})
