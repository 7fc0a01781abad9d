import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryWriter } from '../../../runtime/memory.ts'
import type { Batch, Failure, Reader, Spec, Writer } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { testContext } from '../../support/context.ts'

/** Reads `batches` to a writer that holds items until all are read; gives the batches' numbers as they were committed. */
async function committedOf(batches: readonly Omit<Batch<number>, 'caughtUp'>[]): Promise<readonly number[]> {
  const committed: number[] = []
  let next = 0
  const from: Spec<Reader<number>> = {
    describe: 'batch by batch',
    open: async () => ({
      read: async () => ({ items: [], ...batches[next], caughtUp: next >= batches.length, next: next++ }),
      async commit(batch) {
        committed.push((batch as unknown as { next: number }).next)
      },
      close: async () => undefined
    })
  }
  const to: Spec<Writer<number>> = {
    describe: 'holds',
    open: async () => ({
      write: async () => (next <= batches.length ? 'held' : undefined),
      close: async () => undefined
    })
  }
  const stop = new AbortController()
  const context = testContext()
  await run(
    { kind: 'sink', name: 'p', uses: {}, reads: [], writes: [], from, to },
    {
      signal: stop.signal,
      context,
      graceMs: 50,
      deadLetters: await memoryWriter<Failure>('dead letters').open(context),
      onBatch: () => stop.abort()
    }
  )
  return committed
}

const held = { items: [memoryItem(1, 1)] }

test('a record that is set aside while items are held is committed with them', async () => {
  const error = new CourantError('RECORD_INVALID', 'unreadable')
  const failures: Failure[] = [{ item: memoryItem(2, null), error, stage: 'read' }]
  assert.deepEqual(await committedOf([held, { items: [], failures }]), [0, 1, 2])
})

test('what gives no item, such as a tombstone, is committed with what is held before it', async () => {
  assert.deepEqual(await committedOf([held, { items: [] }]), [0, 1, 2])
})
