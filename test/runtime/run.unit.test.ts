import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../runtime/memory.ts'
import {
  type AnyPipeline,
  type Failure,
  type Item,
  type Reader,
  Rejection,
  type Spec,
  type StoredOffsets,
  type Writer
} from '../../runtime/pipeline.ts'
import { run } from '../../runtime/run.ts'
import { testContext } from '../support/context.ts'

const base = { kind: 'processor', name: 'p', uses: {}, reads: [], writes: [] } as const
const numbers = (count: number) => Array.from({ length: count }, (_, i) => memoryItem(i + 1, i + 1))

/** A writer whose write is given; it remembers what it stored. */
function writerOf(write: (items: readonly Item<number>[]) => void): Spec<Writer<number>> {
  return {
    describe: 'given',
    async open() {
      return {
        async write(items) {
          write(items)
        },
        async close() {}
      }
    }
  }
}

async function runUntilCaughtUp(pipeline: AnyPipeline, batchSize = 10) {
  const stop = new AbortController()
  const context = testContext()
  const dead = memoryWriter<Failure>('dead letters')
  await run(pipeline, {
    signal: stop.signal,
    context,
    batchSize,
    pollMs: 1,
    graceMs: 50,
    deadLetters: await dead.open(context),
    onBatch: (caughtUp) => caughtUp && stop.abort()
  })
  return { context, dead }
}

test('each input is written, rejected or set aside, and counted as that', async () => {
  const to = memoryWriter<number>('out')
  const rejects = memoryWriter<unknown>('rejects')
  const from = memoryReader('in', numbers(25))
  const { context, dead } = await runUntilCaughtUp({
    ...base,
    from,
    to,
    rejects,
    step: (n: number) => {
      if (n % 5 === 0) throw new CourantError('RECORD_INVALID', 'a multiple of five')
      return n % 3 === 0 ? new Rejection('third', 'n') : n
    }
  })
  assert.deepEqual([to.items.length, rejects.items.length, dead.items.length], [13, 7, 5])
  const { counted } = context
  assert.equal(counted.get('items_read_total'), 25)
  const settled = ['items_written_total', 'items_rejected_total', 'dead_letters_total']
  assert.equal(
    settled.reduce((sum, name) => sum + (counted.get(name) ?? 0), 0),
    25
  )
  assert.equal(from.committed(), 25)
})

test('a step is tried again after a transient error', async () => {
  const to = memoryWriter<number>('out')
  let failures = 0
  const { context } = await runUntilCaughtUp({
    ...base,
    from: memoryReader('in', numbers(3)),
    to,
    step: async (n: number) => {
      if (n === 2 && failures++ < 2) throw new CourantError('SOURCE_UNAVAILABLE', 'not yet')
      return n
    }
  })
  assert.deepEqual(
    to.items.map(({ value }) => value),
    [1, 2, 3]
  )
  assert.equal(context.counted.get('retries_total'), 2)
})

test('several values of one item have ids of their own', async () => {
  const to = memoryWriter<number>('out')
  await runUntilCaughtUp({
    ...base,
    from: memoryReader('in', numbers(2)),
    to,
    step: (n: number) => [n, n * 10]
  })
  assert.deepEqual(
    to.items.map(({ id, value }) => [id, value]),
    [
      ['memory/1.0', 1],
      ['memory/1.1', 10],
      ['memory/2.0', 2],
      ['memory/2.1', 20]
    ]
  )
})

test('nothing is committed before it is written', async () => {
  const events: string[] = []
  const source = memoryReader('in', numbers(6))
  const from: Spec<Reader<number>> = {
    describe: 'spied',
    async open(context) {
      const reader = await source.open(context)
      return {
        ...reader,
        async commit(batch) {
          events.push(`commit ${batch.items.at(-1)?.value}`)
          await reader.commit(batch)
        }
      }
    }
  }
  const to = writerOf((items) => events.push(`write ${items.at(-1)?.value}`))
  await runUntilCaughtUp({ ...base, from, to }, 3)
  assert.deepEqual(events, ['write 3', 'commit 3', 'write 6', 'commit 6'])
})

test('a record that the writer refuses is found by halving, set aside, and the others are written in order', async () => {
  const stored: number[] = []
  const to = writerOf((items) => {
    if (items.some((item) => item.value === 7)) throw new CourantError('RECORD_INVALID', 'no sevens here')
    stored.push(...items.map((item) => item.value))
  })
  const { dead } = await runUntilCaughtUp({ ...base, from: memoryReader('in', numbers(10)), to })
  assert.deepEqual(stored, [1, 2, 3, 4, 5, 6, 8, 9, 10])
  assert.deepEqual(
    dead.items.map(({ value }) => [value.item.value, value.stage]),
    [[7, 'write']]
  )
})

test('a transient error is tried again until it heals, and the item is written once', async () => {
  let failures = 2
  const stored: number[] = []
  const to = writerOf((items) => {
    if (failures-- > 0) throw new CourantError('TARGET_UNAVAILABLE', 'busy')
    stored.push(...items.map((item) => item.value))
  })
  const { context } = await runUntilCaughtUp({ ...base, from: memoryReader('in', numbers(2)), to })
  assert.deepEqual(stored, [1, 2])
  assert.equal(context.counted.get('retries_total'), 2)
})

test('a target that is not there yet at the start is waited for', async () => {
  let refusals = 1
  const out = memoryWriter<number>('out')
  const to: Spec<Writer<number>> = {
    describe: 'late',
    async open(context) {
      if (refusals-- > 0) throw new CourantError('TARGET_UNAVAILABLE', 'not yet')
      return out.open(context)
    }
  }
  await runUntilCaughtUp({ ...base, from: memoryReader('in', numbers(2)), to })
  assert.equal(out.items.length, 2)
})

test('an error that nobody classified stops the pipeline, uncommitted', async () => {
  const from = memoryReader('in', numbers(2))
  const bug = () => {
    throw new TypeError('a bug')
  }
  await assert.rejects(runUntilCaughtUp({ ...base, from, to: memoryWriter('out'), step: bug }), TypeError)
  assert.equal(from.committed(), 0)
})

test('stopping while the target is busy commits nothing and ends cleanly', async () => {
  const from = memoryReader('in', numbers(2))
  const stop = new AbortController()
  const to = writerOf(() => {
    stop.abort()
    throw new CourantError('TARGET_UNAVAILABLE', 'busy')
  })
  const context = testContext()
  const deadLetters = await memoryWriter<Failure>('dead').open(context)
  await run({ ...base, from, to }, { signal: stop.signal, context, deadLetters, graceMs: 1 })
  assert.equal(from.committed(), 0)
})

test('a reader that declares it is read one batch ahead while the last one is written', async () => {
  const events: string[] = []
  const source = memoryReader('in', numbers(4))
  const from: Spec<Reader<number>> = {
    describe: 'spied',
    async open(context) {
      const reader = await source.open(context)
      return {
        ...reader,
        async read(request) {
          events.push('read')
          return reader.read(request)
        }
      }
    }
  }
  const to = writerOf(() => events.push('write'))
  await runUntilCaughtUp({ ...base, from, to }, 2)
  assert.deepEqual(events, ['read', 'read', 'write', 'write'])
})

test('a sink that keeps offsets tells the reader where to start', async () => {
  const stored = { nextOffsets: async () => new Map([[0, 42]]) }
  let told: StoredOffsets | undefined
  const from: Spec<Reader<number>> = {
    describe: 'told',
    async open() {
      return {
        read: async () => ({ items: [], caughtUp: true }),
        commit: async () => undefined,
        close: async () => undefined,
        resumeFrom: (offsets) => {
          told = offsets
        }
      }
    }
  }
  const to: Spec<Writer<number>> = {
    describe: 'keeps offsets',
    open: async () => ({ write: async () => undefined, close: async () => undefined, stored })
  }
  await runUntilCaughtUp({ ...base, from, to })
  assert.deepEqual(await told?.nextOffsets('topic', [0]), new Map([[0, 42]]))
})

/** Reads 1 to 4 one by one, and writes what `says` says of each; gives the numbers as they were committed. */
async function commitsOf(says: (n: number) => 'held' | undefined, options = { reassignedAt: 0 }) {
  const committed: number[] = []
  let told: StoredOffsets | undefined
  let next = 0
  const from: Spec<Reader<number>> = {
    describe: 'one by one',
    open: async () => ({
      async read() {
        next++
        if (next === options.reassignedAt) await told?.nextOffsets('topic', [0])
        return { items: [memoryItem(next, next)], caughtUp: next === 4, next }
      },
      async commit(batch) {
        committed.push((batch as unknown as { next: number }).next)
      },
      close: async () => undefined,
      resumeFrom: (offsets) => {
        told = offsets
      }
    })
  }
  const stored = { nextOffsets: async () => new Map<number, number>() }
  const to: Spec<Writer<number>> = {
    describe: 'holds',
    open: async () => ({
      write: async ([item]) => says(item?.value ?? 0),
      close: async () => undefined,
      stored
    })
  }
  await runUntilCaughtUp({ ...base, from, to }, 1)
  return committed
}

test('batches that are held are committed in order, after the write that makes them durable', async () => {
  assert.deepEqual(await commitsOf((n) => (n === 4 ? undefined : 'held')), [1, 2, 3, 4])
  assert.deepEqual(await commitsOf((n) => (n % 2 === 0 ? undefined : 'held')), [1, 2, 3, 4])
})

test('what was held when partitions were assigned anew is not committed', async () => {
  assert.deepEqual(await commitsOf((n) => (n === 4 ? undefined : 'held'), { reassignedAt: 3 }), [3, 4])
})
