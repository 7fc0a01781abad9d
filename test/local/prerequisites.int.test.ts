import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missing } from '../../local/prerequisites.ts'
import { startStack } from '../../local/stack.ts'
import { ownEnv, temporaryFolder } from '../support/stack.ts'

/** For the test, this machine has no program at all. */
function withoutPrograms(t: { after: (undo: () => void) => void }): void {
  const { PATH, JAVA_HOME } = process.env
  t.after(() => Object.assign(process.env, { PATH }, JAVA_HOME ? { JAVA_HOME } : {}))
  process.env['PATH'] = '/nonexistent'
  delete process.env['JAVA_HOME']
}

test('what is missing is one sentence each, with the command that installs it', (t) => {
  withoutPrograms(t)
  const sentences = missing(['java', 'maven', 'go', 'npm', 'setpriv', 'java'])
  assert.equal(sentences.length, 5)
  for (const sentence of sentences) {
    assert.match(
      sentence,
      /^[^\n]+ is missing; install it with: (sudo )?apt-get update && (sudo )?apt-get install -y \S+/
    )
  }
  assert.match(sentences[0] ?? '', /^JDK 17 is missing.* openjdk-17-jdk-headless$/)
})

test('a machine that has everything misses nothing', () => {
  assert.deepEqual(missing(['java', 'maven', 'go', 'npm', 'setpriv']), [])
})

test('a stack whose prerequisites are missing says so before it starts anything', async (t) => {
  withoutPrograms(t)
  const lines: string[] = []
  const env = { ...ownEnv(temporaryFolder(t)), COURANT_CACHE_DIR: temporaryFolder(t) }
  const starting = startStack({
    servers: ['kafka', 'minio'],
    ports: 'free',
    env,
    report: (l) => lines.push(l)
  })
  await assert.rejects(starting, { code: 'PREREQUISITE_MISSING' })
  assert.deepEqual(lines, [])
})
