import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'
import { createLog, MetricsRegistry } from '../../../runtime/observability.ts'
import type { AnyPipeline, Failure, LogItem, Spec, Writer } from '../../../runtime/pipeline.ts'
import { type PipelineStatus, type RunAllOptions, runAll } from '../../../runtime/loop/run-all.ts'
import { eventually } from '../../support/eventually.ts'

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

const env = { COURANT_STATE_DIR: '/nonexistent', COURANT_POLL_MS: '1' }

const pipelineTo = (to: Spec<Writer<number>>, name = 'numbers', items = [memoryItem(1, 1)]): AnyPipeline => ({
  kind: 'sink',
  name,
  reads: [],
  writes: [],
  from: memoryReader('in', items),
  uses: {},
  to
})

function startedAll(pipelines: readonly AnyPipeline[], options: Partial<RunAllOptions> = {}) {
  const stop = new AbortController()
  const running = runAll(pipelines, {
    env,
    signal: stop.signal,
    logger: createLog('silent'),
    metrics: new MetricsRegistry(),
    deadLetters: () => memoryWriter<Failure>('dead'),
    ...options
  })
  // Awaited by each test; until then a failure must not count as unhandled.
  running.done.catch(() => undefined)
  return { stop, running }
}

function started(to: Spec<Writer<number>>) {
  const { stop, running } = startedAll([pipelineTo(to)])
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

/** Two pipelines of one process, the first of which its target refuses. */
function neighbours(options: Partial<RunAllOptions> = {}) {
  const refused = gatedWriter()
  const whole = gatedWriter()
  refused.gate.error = new CourantError('TARGET_REFUSED', 'no')
  const items = [memoryItem(1, 1)]
  const pipelines = [pipelineTo(refused.to, 'refused'), pipelineTo(whole.to, 'whole', items)]
  const { stop, running } = startedAll(pipelines, options)
  const [bad, good] = running.status as [PipelineStatus, PipelineStatus]
  return { stop, running, refused, whole, bad, good, comes: (item: LogItem<number>) => items.push(item) }
}

test('a pipeline that fails for good does not end the others, and the end of the process tells of it', async () => {
  const told: string[] = []
  const { stop, running, bad, good } = neighbours({ onFailed: (name) => told.push(name) })
  await eventually(() => bad.state === 'failed' && good.state === 'running')
  assert.ok(bad.restartAt && bad.restartAt > new Date(), 'says when it is started again')
  const before = good.lastBatchAt
  await eventually(() => good.lastBatchAt !== before)
  stop.abort()
  await assert.rejects(running.done, /no/)
  assert.deepEqual([bad.state, good.state, told], ['failed', 'stopped', ['refused']])
})

test('a failed pipeline is started again, and is well once a batch got through', async () => {
  const { stop, running, refused, bad } = neighbours({ env: { ...env, COURANT_RESTART_MS: '1' } })
  await eventually(() => bad.failures >= 2)
  assert.equal(bad.state, 'failed', 'until a batch got through')
  refused.gate.error = null
  await eventually(() => bad.state === 'running')
  assert.deepEqual([bad.error, bad.restartAt, refused.target.items.length], [null, null, 1])
  stop.abort()
  await running.done
})

test('a process ends once none of its pipelines works any more', async () => {
  const { running, whole, bad, good, comes } = neighbours()
  await eventually(() => bad.state === 'failed' && good.state === 'running')
  whole.gate.error = new CourantError('TARGET_FULL', 'full')
  comes(memoryItem(2, 2))
  await assert.rejects(running.done, /no/)
  assert.deepEqual([bad.state, good.state], ['failed', 'failed'])
})

test('the setting that only a new process reads is not waited for', async () => {
  const { stop, running, refused, bad } = neighbours({ env: { ...env, COURANT_RESTART_MS: '1' } })
  refused.gate.error = new CourantError('CONFIG_INVALID', 'no such file')
  await eventually(() => bad.state === 'failed' && bad.restartAt === null)
  stop.abort()
  await assert.rejects(running.done, /no/)
})

test('a pipeline that was told not to start again stays failed while the others go on', async () => {
  const { stop, running, bad, good } = neighbours({ onFailure: 'stay' })
  await eventually(() => bad.state === 'failed' && good.state === 'running')
  assert.equal(bad.restartAt, null)
  stop.abort()
  await assert.rejects(running.done, /no/)
})

test('where all are to stop with the first that fails, they do', async () => {
  const { running, bad, good } = neighbours({ onFailure: 'stop all' })
  await assert.rejects(running.done, /no/)
  assert.deepEqual([bad.state, good.state], ['failed', 'stopped'])
})
