import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastWords } from '../../local/last-words.ts'
import { cpuMsOf, WorkWatch } from '../../local/still-working.ts'

const patience = { idleMs: 100, cpuMs: 10 }

test('what logs or computes, however slowly, is waited for', () => {
  const watch = new WorkWatch({ logged: 0, cpuMs: 0 }, 0, patience)
  for (let step = 1; step <= 50; step += 1) {
    const progress = step % 2 ? { logged: step, cpuMs: 0 } : { logged: step - 1, cpuMs: step * 10 }
    assert.equal(watch.isIdle(progress, step * 90), false)
  }
})

test('what does neither is given up, though it has a little processor time as every idle process does', () => {
  const watch = new WorkWatch({ logged: 5, cpuMs: 0 }, 0, patience)
  assert.equal(watch.isIdle({ logged: 5, cpuMs: 4 }, 50), false)
  assert.equal(watch.isIdle({ logged: 5, cpuMs: 9 }, 100), true)
})

test('the processor time of a process is told, of one that is gone it is none', () => {
  const end = performance.now() + 30
  while (performance.now() < end);
  assert.ok(cpuMsOf(process.pid) > 0)
  assert.equal(cpuMsOf(0x7fffffff), 0)
})

test('a failure says its last relevant line, not its advice or its stack', () => {
  const maven = `[INFO] BUILD FAILURE
[ERROR] Failed to execute goal x: Could not resolve dependencies: Connection refused -> [Help 1]
[ERROR] Could not transfer artifact a:b:1
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
[ERROR] [Help 1] http://example.com/
`
  assert.equal(lastWords(maven), '[ERROR] Could not transfer artifact a:b:1')
  const java = `INFO starting
ERROR No space left on device
\tat java.base/java.io.FileOutputStream.write(FileOutputStream.java:1)
INFO shutting down
`
  assert.equal(lastWords(java), 'ERROR No space left on device')
  assert.equal(lastWords('one\ntwo\n\n'), 'two')
  assert.equal(lastWords(''), '')
})
