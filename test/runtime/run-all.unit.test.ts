import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../runtime/memory.ts'
import { createLog, MetricsRegistry } from '../../runtime/observability.ts'
import type { AnyPipeline, Failure, Spec, Writer } from '../../runtime/pipeline.ts'
import { runAll } from '../../runtime/run-all.ts'
import { eventually } from '../support/eventually.ts'

/** A target that answers once it is let, and refuses for good when told so. */
function gatedWriter() {
  const gate: { error: Error | null } = { error: null }
  const target = memoryWriter<number>('out')
  const to: Spec<Writer<number>> = {
    ...target,
    async open(context) {
      const writer = await target.open(context)
      return {
        ...writer,
        async write(items, options) {
          if (gate.error) throw gate.error
          return writer.write(items, options)
        }
      }
    }
  }
  return { gate, to, target }
}

function started(to: Spec<Writer<number>>) {
  const stop = new AbortController()
  const pipeline: AnyPipeline = {
    kind: 'sink',
    name: 'numbers',
    reads: [],
    writes: [],
    from: memoryReader('in', [memoryItem(1, 1)]),
    uses: {},
    to
  }
  const running = runAll([pipeline], {
    env: { COURANT_STATE_DIR: '/nonexistent' },
    signal: stop.signal,
    logger: createLog('silent'),
    metrics: new MetricsRegistry(),
    deadLetters: () => memoryWriter<Failure>('dead')
  })
  return { stop, running, status: running.status[0]! }
}

test('a pipeline runs once a batch is through, and waits while its target is out of reach', async () => {
  const { gate, to, target } = gatedWriter()
  gate.error = new CourantError('TARGET_UNAVAILABLE', 'out of reach')
  const { stop, running, status } = started(to)
  assert.equal(status.state, 'starting')
  await eventually(() => status.state === 'waiting')
  assert.equal((status.waitingOn as CourantError).code, 'TARGET_UNAVAILABLE')
  gate.error = null
  await eventually(() => status.state === 'running')
  assert.equal(status.waitingOn, null)
  assert.equal(target.items.length, 1)
  stop.abort()
  await running.done
  assert.equal(status.state, 'stopped')
})

test('a pipeline that fails says so, with what ended it', async () => {
  const { gate, to } = gatedWriter()
  gate.error = new CourantError('TARGET_REFUSED', 'no')
  const { running, status } = started(to)
  await assert.rejects(running.done, /no/)
  assert.equal(status.state, 'failed')
  assert.equal((status.error as CourantError).code, 'TARGET_REFUSED')
})
