import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'
import type { AnyPipeline, Failure, Item, Reader, Spec, Writer } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { testContext } from '../../support/context.ts'

// A pipeline is crashed again and again, each time at another call and either before or after its effect, and then
// started again. Whatever the plan, the outcome must be that of a run without crashes (promises 1, 2 and 3).

class Crash extends Error {}

/** Crashes at the given calls, counted over all restarts; the fraction says before (false) or after (true) the effect. */
class CrashPlan {
  #call = 0
  readonly #at: ReadonlyMap<number, boolean>

  constructor(at: ReadonlyMap<number, boolean>) {
    this.#at = at
  }

  async around<T>(effect: () => Promise<T>): Promise<T> {
    const after = this.#at.get(this.#call++)
    if (after === false) throw new Crash()
    const result = await effect()
    if (after === true) throw new Crash()
    return result
  }
}

interface World {
  readonly from: Spec<Reader<number>>
  readonly to: Spec<Writer<number>>
  committed(): number
  stored(): number[]
}

type Make = (items: ReturnType<typeof memoryItem<number>>[]) => World

const sound: Make = (items) => {
  const from = memoryReader('in', items)
  const to = memoryWriter<number>('out')
  return { from, to, committed: () => from.committed(), stored: () => to.items.map(({ value }) => value) }
}

const commitsBeforeWriting: Make = (items) => {
  const world = sound(items)
  return {
    ...world,
    from: {
      describe: 'commits too early',
      async open(context) {
        const reader = await world.from.open(context)
        return {
          ...reader,
          async read(request) {
            const batch = await reader.read(request)
            await reader.commit(batch)
            return batch
          }
        }
      }
    }
  }
}

const forgetsToSave: Make = (items) => {
  const world = sound(items)
  return {
    ...world,
    from: {
      describe: 'forgets',
      async open(context) {
        return { ...(await world.from.open(context)), commit: async () => undefined }
      }
    }
  }
}

const keepsRepeats: Make = (items) => {
  const stored: number[] = []
  const to: Spec<Writer<number>> = {
    describe: 'keeps repeats',
    async open() {
      return {
        async write(batch: readonly Item<number>[]) {
          stored.push(...batch.map(({ value }) => value))
        },
        async close() {}
      }
    }
  }
  return { ...sound(items), to, stored: () => stored }
}

/** Gathers items and makes them durable at every fifth one, and at the last. */
function gathering(saysHeld: boolean): Make {
  return (items) => {
    const world = sound(items)
    const to: Spec<Writer<number>> = {
      describe: 'gathers',
      async open(context) {
        const inner = await world.to.open(context)
        let held: Item<number>[] = []
        return {
          ...inner,
          async write(batch, options) {
            held.push(...batch)
            const end = held.findLastIndex(({ value }) => value % 5 === 0 || value === items.length) + 1
            await inner.write(held.slice(0, end), options)
            held = held.slice(end)
            return held.length > 0 && saysHeld ? 'held' : undefined
          }
        }
      }
    }
    return { ...world, to }
  }
}

const committedWhileHeld = gathering(false)

function crashing(world: World, plan: CrashPlan): AnyPipeline {
  const from: Spec<Reader<number>> = {
    describe: 'crashing',
    async open(context) {
      const reader = await world.from.open(context)
      return {
        ...reader,
        read: (request) => plan.around(() => reader.read(request)),
        commit: (batch) => plan.around(() => reader.commit(batch))
      }
    }
  }
  const to: Spec<Writer<number>> = {
    describe: 'crashing',
    async open(context) {
      const writer = await world.to.open(context)
      return { ...writer, write: (items, options) => plan.around(() => writer.write(items, options)) }
    }
  }
  return { kind: 'sink', name: 'p', from, to, uses: {}, reads: [], writes: [] }
}

/** Runs until caught up, starting again after each crash. */
async function runThroughCrashes(pipeline: AnyPipeline, batchSize: number): Promise<void> {
  const context = testContext()
  const deadLetters = await memoryWriter<Failure>('dead').open(context)
  for (;;) {
    const stop = new AbortController()
    const onBatch = (caughtUp: boolean) => {
      if (caughtUp) stop.abort()
    }
    try {
      await run(pipeline, { signal: stop.signal, context, deadLetters, batchSize, pollMs: 1, onBatch })
      return
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
  }
}

const plans = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  batchSize: fc.integer({ min: 1, max: 15 }),
  crashes: fc.uniqueArray(fc.tuple(fc.nat(60), fc.boolean()), { selector: ([call]) => call, maxLength: 12 })
})

const property = (make: Make) =>
  fc.asyncProperty(plans, async ({ count, batchSize, crashes }) => {
    const items = Array.from({ length: count }, (_, i) => memoryItem(i + 1, i + 1))
    const world = make(items)
    await runThroughCrashes(crashing(world, new CrashPlan(new Map(crashes))), batchSize)
    assert.deepEqual(
      world.stored(),
      items.map(({ value }) => value)
    )
    assert.equal(world.committed(), count)
  })

test('whatever call crashes, before or after its effect, everything is stored once and in order', async () => {
  await fc.assert(property(sound), { numRuns: 200 })
})

test('the same holds for a writer that holds items until it has enough of them', async () => {
  await fc.assert(property(gathering(true)), { numRuns: 200 })
})

const bugs = { commitsBeforeWriting, forgetsToSave, keepsRepeats, committedWhileHeld }
for (const [bug, make] of Object.entries(bugs))
  test(`the check above finds a planted bug: ${bug}`, async () => {
    await assert.rejects(fc.assert(property(make), { numRuns: 200 }))
  })
