import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { useLocalStack } from '../../cli/local-stack.ts'
import { tryLock } from '../../local/lock.ts'
import type { ServerName } from '../../local/server.ts'
import { stackEnvFile, writeStackEnv } from '../../local/stack-env.ts'
import { temporaryFolder } from '../support/stack.ts'

const kafka = { COURANT_KAFKA_BROKERS: '127.0.0.1:19092' }
const postgres = { PGHOST: '127.0.0.1', PGPORT: '15432', PGUSER: 'postgres', PGPASSWORD: 'local' }
const azurite = { AZURE_STORAGE_CONNECTION_STRING: 'AccountName=a;AccountKey=k==;' }

/** A data folder whose stack this process runs. */
function stackHere(t: TestContext): string {
  const dataDir = temporaryFolder(t)
  t.after(tryLock(join(dataDir, 'stack.pid')) ?? undefined)
  const servers = new Map<ServerName, { env: Record<string, string> }>([
    ['kafka', { env: kafka }],
    ['postgres', { env: postgres }],
    ['azurite', { env: azurite }]
  ])
  writeStackEnv(dataDir, servers)
  return dataDir
}

function found(dataDir: string, set: Readonly<Record<string, string>>) {
  const said: string[] = []
  const env: NodeJS.ProcessEnv = { COURANT_DATA_DIR: dataDir, ...set }
  useLocalStack(env, (line) => said.push(line))
  delete env['COURANT_DATA_DIR']
  return { env, said }
}

test('where nothing is set, the servers of the local stack are taken, and that is said', (t) => {
  const dataDir = stackHere(t)
  assert.deepEqual(found(dataDir, {}), {
    env: { ...kafka, ...postgres, ...azurite },
    said: [`uses kafka, postgres, azurite of the local stack (${stackEnvFile(dataDir)})`]
  })
})

test('a server that the environment names stays, with nothing of the local one mixed in', (t) => {
  const dataDir = stackHere(t)
  for (const set of [
    { PGHOST: 'db.example' },
    { PGHOST: '127.0.0.1' },
    { PGPORT: '5433' },
    { PGHOST_FILE: '/run/host' }
  ]) {
    const { env, said } = found(dataDir, set)
    assert.deepEqual(env, { ...kafka, ...azurite, ...set })
    assert.match(said.join(), new RegExp(`; not its postgres: ${Object.keys(set).join()} is set$`))
  }
})

test('an environment that names every server is left alone without a word', (t) => {
  const dataDir = stackHere(t)
  const set = { COURANT_KAFKA_BROKERS: 'k:9092', PGHOST: 'db', AZURE_STORAGE_CONNECTION_STRING: 'x' }
  assert.deepEqual(found(dataDir, set), { env: set, said: [] })
  const sourced = { ...kafka, ...postgres, ...azurite }
  assert.deepEqual(found(dataDir, sourced), { env: sourced, said: [] })
})

test('another database or user of the local server may be named', (t) => {
  const { env } = found(stackHere(t), { PGDATABASE: 'shop', PGPASSWORD_FILE: '/run/secret' })
  assert.deepEqual([env['PGHOST'], env['PGDATABASE'], env['PGPASSWORD']], ['127.0.0.1', 'shop', undefined])
})

test('what a killed stack has left is not taken for the one that runs', (t) => {
  const dataDir = stackHere(t)
  writeFileSync(stackEnvFile(dataDir), '# the servers that process 1 runs\n# kafka\nX=1\n')
  assert.deepEqual(found(dataDir, {}), { env: {}, said: [] })
  assert.deepEqual(found(temporaryFolder(t), {}), { env: {}, said: [] })
})
