import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Lack, lacking, sentenceOf } from '../../local/prerequisites.ts'
import { provide } from '../../local/provide.ts'
import { startStack } from '../../local/stack.ts'
import { ownEnv, temporaryFolder } from '../support/stack.ts'

/** For the test, this machine has no program at all, or only those of a folder. */
function withPrograms(t: TestContext, folder = '/nonexistent'): void {
  const { PATH, JAVA_HOME } = process.env
  t.after(() => Object.assign(process.env, { PATH }, JAVA_HOME ? { JAVA_HOME } : {}))
  process.env['PATH'] = folder
  delete process.env['JAVA_HOME']
}

test('all that is missing is one sentence, with the one command that installs it', (t) => {
  withPrograms(t)
  const lacks = lacking(['maven', 'go', 'npm', 'setpriv', 'maven'])
  assert.equal(lacks.length, 4)
  assert.match(
    sentenceOf(lacks),
    /^Maven, pip \(or Go 1\.21 or newer\), npm and setpriv .* are missing; install with: (sudo )?apt-get update && (sudo )?apt-get install -y --no-install-recommends maven python3-pip npm util-linux$/
  )
  assert.match(sentenceOf(lacks.slice(0, 1)), /^Maven is missing; install with: .* maven$/)
})

test('a machine that has everything misses nothing', () => {
  assert.deepEqual(lacking(['java', 'maven', 'go', 'npm', 'setpriv']), [])
})

test('a stack whose prerequisites are missing says so before it starts anything', async (t) => {
  withPrograms(t)
  const lines: string[] = []
  const env = { ...ownEnv(temporaryFolder(t)), COURANT_CACHE_DIR: temporaryFolder(t), COURANT_YES: '' }
  const starting = startStack({
    servers: ['kafka', 'minio'],
    ports: 'free',
    env,
    report: (l) => lines.push(l)
  })
  await assert.rejects(starting, { code: 'PREREQUISITE_MISSING' })
  assert.deepEqual(lines, [])
})

/** A machine whose package manager notes what it is asked, and brings the program `brought`. */
function machine(t: TestContext) {
  const folder = temporaryFolder(t)
  const asked = join(folder, 'asked')
  const brought = join(folder, 'brought')
  const scripts = { 'apt-get': `echo "$@" >>${asked}; : >${brought}`, sudo: 'exec "$@"' }
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  withPrograms(t, `${folder}:/usr/bin:/bin`)
  const find = (): Lack[] => (existsSync(brought) ? [] : [{ what: 'Maven', packages: ['maven'] }])
  const lines: string[] = []
  const report = (line: string) => lines.push(line)
  const askedFor = () => (existsSync(asked) ? readFileSync(asked, 'utf8') : '')
  return { find, report, lines, askedFor }
}

test('nothing is installed without a yes, and the way to say yes is named', async (t) => {
  const { find, report, askedFor } = machine(t)
  const missing = { code: 'PREREQUISITE_MISSING', message: /Maven is missing.*COURANT_YES=1/ }
  for (const env of [{}, { COURANT_YES: 'no' }, { COURANT_YES: '0' }])
    await assert.rejects(provide(find, { env, report, ask: null }), missing)
  for (const answer of ['', 'n', 'later'])
    await assert.rejects(provide(find, { env: {}, report, ask: async () => answer }), missing)
  assert.equal(askedFor(), '')
})

test('a yes at the terminal, or COURANT_YES=1, installs what is missing with the command that was named', async (t) => {
  for (const consent of [
    { env: {}, ask: async () => 'y' },
    { env: { COURANT_YES: '1' }, ask: null }
  ]) {
    const { find, report, lines, askedFor } = machine(t)
    await provide(find, { ...consent, report })
    assert.match(askedFor(), /^-qq update\n-qq install -y --no-install-recommends maven\n$/)
    assert.deepEqual(lines, ['installing maven'])
  }
})

test('packages that do not help, and a package manager that fails, are told in a sentence', async (t) => {
  const { report } = machine(t)
  const never = (): Lack[] => [{ what: 'Maven', packages: ['maven'] }]
  const env = { COURANT_YES: '1' }
  await assert.rejects(provide(never, { env, report }), /are installed, and yet Maven is missing/)
  const failing = temporaryFolder(t)
  for (const name of ['apt-get', 'sudo'])
    writeFileSync(join(failing, name), '#!/bin/sh\necho E: no network; exit 100\n', { mode: 0o755 })
  withPrograms(t, `${failing}:/usr/bin:/bin`)
  await assert.rejects(provide(never, { env, report }), /failed \(100\): E: no network/)
})
