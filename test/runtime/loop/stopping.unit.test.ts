import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'
import type { AnyPipeline, Failure, Reader, Spec, Writer } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { endsWithin } from '../../../runtime/loop/stopping.ts'
import { testContext } from '../../support/context.ts'

const base = { kind: 'processor', name: 'p', uses: {}, reads: [], writes: [] } as const
const items = [memoryItem(1, 1), memoryItem(2, 2)]
const deadlineMs = 5_000

/** A run that is told to stop at a moment; gives what it warned of. */
async function stopped(pipeline: AnyPipeline, when: (stop: () => void) => void): Promise<readonly string[]> {
  const stop = new AbortController()
  const context = testContext({})
  const deadLetters = await memoryWriter<Failure>('dead').open(context)
  const running = run(pipeline, { signal: stop.signal, context, deadLetters, graceMs: 500 })
  when(() => stop.abort())
  assert.ok(await endsWithin(running, deadlineMs), `did not stop within ${deadlineMs} ms`)
  await running
  return context.warnings
}

/** A reader whose first read gives two items, and whose second is not answered before it is closed. */
function silentReader(onSilent: () => void) {
  const answer = Promise.withResolvers<never>()
  const source = memoryReader('in', items)
  let reads = 0
  const spec: Spec<Reader<number>> = {
    describe: 'falls silent',
    async open(context) {
      const reader = await source.open(context)
      return {
        ...reader,
        readsAhead: false,
        async read(request) {
          if (reads++ === 0) return { ...(await reader.read(request)), caughtUp: false }
          onSilent()
          return answer.promise
        },
        async close() {
          answer.reject(new CourantError('SOURCE_UNAVAILABLE', 'the connection is closed'))
        }
      }
    }
  }
  return { spec, committed: () => source.committed() }
}

test('a stop does not wait for a read that is not answered, and keeps what was committed before', async () => {
  const asked = Promise.withResolvers<void>()
  const from = silentReader(asked.resolve)
  const to = memoryWriter<number>('out')
  const warnings = await stopped({ ...base, from: from.spec, to }, (stop) => void asked.promise.then(stop))
  assert.deepEqual(
    to.items.map(({ value }) => value),
    [1, 2]
  )
  assert.equal(from.committed(), 2)
  assert.deepEqual(warnings, [])
})

test('a read that ends when it is told to stop is waited for, and its batch is written', async () => {
  const from: Spec<Reader<number>> = {
    describe: 'heeds the signal',
    async open() {
      return {
        read: ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => setImmediate(() => resolve({ items, caughtUp: true })))
          }),
        commit: async () => undefined,
        close: async () => undefined
      }
    }
  }
  const to = memoryWriter<number>('out')
  await stopped({ ...base, from, to }, (stop) => setImmediate(stop))
  assert.equal(to.items.length, 2)
})

test('a part that does not close is logged and left behind, and the others are closed', async () => {
  const stuck = silentReader(() => undefined)
  const from: Spec<Reader<number>> = {
    describe: 'never closes',
    async open(context) {
      return { ...(await stuck.spec.open(context)), close: () => Promise.withResolvers<void>().promise }
    }
  }
  let isClosed = false
  const out = memoryWriter<number>('out')
  const to = {
    ...out,
    async open(context: Parameters<typeof out.open>[0]) {
      const close = async () => {
        isClosed = true
      }
      return { ...(await out.open(context)), close }
    }
  }
  const warnings = await stopped({ ...base, from, to }, (stop) => setImmediate(stop))
  assert.deepEqual(warnings, ['a part does not close and is left behind'])
  assert.ok(isClosed)
})

test('a part that is still being opened at a stop is not waited for, and closed once it is open', async () => {
  const opening = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const from: Spec<Reader<number>> = {
    describe: 'opens late',
    async open(context) {
      await opening.promise
      return { ...(await memoryReader('in', items).open(context)), close: async () => closed.resolve() }
    }
  }
  await stopped({ ...base, from, to: memoryWriter('out') }, (stop) => setImmediate(stop))
  opening.resolve()
  await closed.promise
})

test('a batch in hand is abandoned after the grace, were it in a call that never ends', async () => {
  for (const call of ['write', 'commit']) {
    const asked = Promise.withResolvers<void>()
    const silence = () => {
      asked.resolve()
      return Promise.withResolvers<void>().promise
    }
    const source = memoryReader('in', items)
    const from: Spec<Reader<number>> = {
      describe: 'reads',
      async open(context) {
        const reader = await source.open(context)
        return { ...reader, ...(call === 'commit' && { commit: silence }) }
      }
    }
    const out = memoryWriter<number>('out')
    const to: Spec<Writer<number>> = {
      describe: 'writes',
      async open(context) {
        const writer = await out.open(context)
        return { ...writer, ...(call === 'write' && { write: silence }) }
      }
    }
    await stopped({ ...base, from, to }, (stop) => void asked.promise.then(stop))
    assert.equal(source.committed(), 0, call)
  }
})
