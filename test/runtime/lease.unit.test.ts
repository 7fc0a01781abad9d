import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { memoryItem, memoryWriter } from '../../runtime/memory.ts'
import type { Failure, Item, Reader, Spec, Writer } from '../../runtime/pipeline.ts'
import { run } from '../../runtime/run.ts'
import { testContext } from '../support/context.ts'

const items = [memoryItem(1, 1), memoryItem(2, 2)]

/** Runs until caught up, over items that come under one lease after the other until they are committed. */
async function runUnder(leases: readonly { isHeld: boolean }[], write: (values: readonly number[]) => void) {
  const committed: number[] = []
  let generation = 0
  const from: Spec<Reader<number>> = {
    describe: 'leased',
    async open() {
      return {
        async read() {
          const lease = committed.length > 0 ? undefined : leases[generation++]
          return lease ? { items, caughtUp: false, lease } : { items: [], caughtUp: true }
        },
        async commit(batch) {
          committed.push(...batch.items.map((item) => item.value))
        },
        async close() {}
      }
    }
  }
  const to: Spec<Writer<number>> = {
    describe: 'given',
    open: async () => ({
      async write(batch: readonly Item<number>[]) {
        write(batch.map((item) => item.value))
      },
      async close() {}
    })
  }
  const stop = new AbortController()
  const context = testContext()
  const deadLetters = await memoryWriter<Failure>('dead letters').open(context)
  const onBatch = (caughtUp: boolean) => caughtUp && stop.abort()
  const pipeline = { kind: 'processor', name: 'p', uses: {}, reads: [], writes: [], from, to } as const
  await run(pipeline, { signal: stop.signal, context, pollMs: 1, graceMs: 50, deadLetters, onBatch })
  return { committed, context }
}

test('a batch that may be in other hands is neither written nor committed, and no failure', async () => {
  const written: (readonly number[])[] = []
  const { committed, context } = await runUnder([{ isHeld: false }, { isHeld: true }], (values) =>
    written.push(values)
  )
  assert.deepEqual([written, committed], [[[1, 2]], [1, 2]])
  assert.equal(context.counted.get('batches_left_total'), 1)
  assert.equal(context.counted.get('items_read_total'), 2)
})

test('a write that is tried again ends once the batch may be in other hands', async () => {
  const lease = { isHeld: true }
  let attempts = 0
  const { committed } = await runUnder([lease], () => {
    attempts++
    lease.isHeld = false
    throw new CourantError('TARGET_UNAVAILABLE', 'busy')
  })
  assert.deepEqual([attempts, committed], [1, []])
})
