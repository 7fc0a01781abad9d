import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'
import { type Failure, type Rejected, Rejection, type Spec, type Writer } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { testContext } from '../../support/context.ts'

const base = { kind: 'processor', name: 'p', uses: {}, reads: [], writes: [] } as const

test('a record that is too large for the rejects is set aside, and the others are rejected', async () => {
  const stored: string[] = []
  const rejects: Spec<Writer<Rejected<number>>> = {
    describe: 'refuses the second',
    open: async () => ({
      async write(items) {
        const ids = items.map(({ id }) => id)
        if (ids.includes('memory/2')) throw new CourantError('RECORD_TOO_LARGE', 'too large')
        stored.push(...ids)
      },
      close: async () => undefined
    })
  }
  const from = memoryReader('in', [memoryItem(1, 1), memoryItem(2, 2), memoryItem(3, 3)])
  const step = () => new Rejection('any', 'n')
  const stop = new AbortController()
  const context = testContext({})
  const dead = memoryWriter<Failure>('dead letters')
  await run(
    { ...base, from, to: memoryWriter('out'), rejects, step },
    {
      signal: stop.signal,
      context,
      deadLetters: await dead.open(context),
      onBatch: (caughtUp) => caughtUp && stop.abort()
    }
  )
  assert.deepEqual(stored, ['memory/1', 'memory/3'])
  assert.deepEqual(
    dead.items.map(({ id, value }) => [id, value.error.code]),
    [['memory/2', 'RECORD_TOO_LARGE']]
  )
  assert.equal(context.counted.get('items_rejected_total'), 2)
  assert.equal(from.committed(), 3)
})
