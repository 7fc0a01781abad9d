import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../../runtime/errors.ts'
import type { FileChain } from '../../../sinks/lake/file-chain.ts'
import type { Content } from '../../../runtime/object-store/content.ts'
import type { ObjectStore, PutOptions } from '../../../runtime/object-store/object-store.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'
import { chainViolations, placesChain, placesInText } from './chain-violations.ts'
import { cleanChange, place } from './sample-log.ts'

const signal = new AbortController().signal
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => cleanChange(from + i))

async function violationsIn(store: ObjectStore, count: number): Promise<string[]> {
  const found = await placesInText(store, 'lake/t')
  return chainViolations(store, 'lake/t', { found, expected: range(0, count).map(place) })
}

/** A process that writes a log in batches from where it committed, like the runner; stops at the first error. */
async function writeFrom(
  chain: FileChain<unknown>,
  from: number,
  { count, size }: { count: number; size: number }
) {
  let committed = from
  try {
    while (committed < count) {
      const to = Math.min(committed + size, count)
      await chain.append(range(committed, to), signal)
      committed = to
    }
  } catch (error) {
    assert.ok(error instanceof CourantError && error.code === 'TARGET_UNAVAILABLE', String(error))
  }
  return committed
}

/** Fails at its n-th put: before it has an effect, or after it, when only the answer is lost. */
class DyingStore extends MemoryObjectStore {
  putsLeft = Number.POSITIVE_INFINITY
  losesAnswer = false

  override async put(name: string, content: Content, options?: PutOptions): Promise<string | null> {
    const isLast = --this.putsLeft === 0
    if (this.putsLeft < 0 || (isLast && !this.losesAnswer))
      throw new CourantError('TARGET_UNAVAILABLE', 'gone')
    const etag = await super.put(name, content, options)
    if (isLast) throw new CourantError('TARGET_UNAVAILABLE', 'no answer')
    return etag
  }
}

/** Each call takes its turn when fast-check says so. */
class ScheduledStore extends MemoryObjectStore {
  readonly #scheduler: fc.Scheduler

  constructor(scheduler: fc.Scheduler) {
    super()
    this.#scheduler = scheduler
  }

  override async head(name: string) {
    await this.#turn('head')
    return super.head(name)
  }

  override async put(name: string, content: Content, options?: PutOptions) {
    await this.#turn('put')
    return super.put(name, content, options)
  }

  override async *list(prefix: string) {
    await this.#turn('list')
    yield* super.list(prefix)
  }

  #turn(call: string): Promise<string> {
    return this.#scheduler.schedule(Promise.resolve(call), call)
  }
}

const count = 100

async function interleaved(
  store: ObjectStore,
  scheduler: fc.Scheduler,
  [a, b]: readonly [number, number]
): Promise<string[]> {
  const chain = placesChain(store)
  const writing = Promise.all([
    writeFrom(chain, 0, { count, size: a }),
    writeFrom(placesChain(store), 0, { count, size: b }),
    // Within a process, too, one batch may still be under way when the next comes: after an abandoned one.
    writeFrom(chain, 0, { count: count / 2, size: b })
  ])
  await scheduler.waitFor(writing)
  const whole = new MemoryObjectStore()
  for (const [name, held] of (store as MemoryObjectStore).objects) whole.objects.set(name, held)
  return violationsIn(whole, count)
}

const sizes = fc.tuple(fc.integer({ min: 5, max: count }), fc.integer({ min: 5, max: count }))

describe('a chain of files', () => {
  it('holds each row once after a crash at any put, however the next process cuts its batches', async () => {
    const crash = fc.record({
      puts: fc.integer({ min: 1, max: 12 }),
      losesAnswer: fc.boolean(),
      size: fc.integer({ min: 3, max: 60 })
    })
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { maxLength: 6 }), async (crashes) => {
        const store = new DyingStore()
        let committed = 0
        for (const { puts, losesAnswer, size } of crashes) {
          store.putsLeft = puts
          store.losesAnswer = losesAnswer
          committed = await writeFrom(placesChain(store), committed, { count, size })
        }
        store.putsLeft = Number.POSITIVE_INFINITY
        await writeFrom(placesChain(store), committed, { count, size: 30 })
        assert.deepEqual(await violationsIn(store, count), [])
      })
    )
  })

  it('holds each row once when the same process tries again after a lost answer', async () => {
    for (const losesAnswer of [true, false])
      for (let puts = 1; puts < 10; puts++) {
        const store = new DyingStore()
        const chain = placesChain(store)
        store.putsLeft = puts
        store.losesAnswer = losesAnswer
        const committed = await writeFrom(chain, 0, { count, size: 60 })
        store.putsLeft = Number.POSITIVE_INFINITY
        await writeFrom(chain, committed, { count, size: 60 })
        assert.deepEqual(await violationsIn(store, count), [])
      }
  })

  it('holds each row once whatever the turns in which writers reach the store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), sizes, async (scheduler, sizes) => {
        assert.deepEqual(await interleaved(new ScheduledStore(scheduler), scheduler, sizes), [])
      })
    )
  })

  it('goes on behind what others have appended since it last looked', async () => {
    const store = new MemoryObjectStore()
    const sleeper = placesChain(store, 0)
    await sleeper.append(range(0, 30), signal)
    await placesChain(store).append(range(30, 60), signal)
    await sleeper.append(range(60, count), signal)
    assert.deepEqual(await violationsIn(store, count), [])
  })
})

describe('the check of chains', () => {
  it('finds rows twice when a store forgets what If-None-Match means', async () => {
    class Forgetful extends ScheduledStore {
      override put(name: string, content: Content, options: PutOptions = {}) {
        const { ifNoneMatch: _, ...others } = options
        return super.put(name, content, others)
      }
    }
    const found = await fc.check(
      fc.asyncProperty(fc.scheduler(), sizes, async (scheduler, sizes) => {
        assert.deepEqual(await interleaved(new Forgetful(scheduler), scheduler, sizes), [])
      })
    )
    assert.ok(found.failed)
  })

  it('finds rows lost when a store acknowledges what it does not keep', async () => {
    class Lossy extends MemoryObjectStore {
      override put(name: string, content: Content, options?: PutOptions) {
        return name.includes('2026-11-02') ? Promise.resolve('etag') : super.put(name, content, options)
      }
    }
    const store = new Lossy()
    await writeFrom(placesChain(store), 0, { count, size: 30 })
    assert.ok((await violationsIn(store, count)).some((sentence) => sentence.startsWith('I1')))
  })

  it('finds rows twice when a restart forgets what is stored', async () => {
    class Amnesiac extends MemoryObjectStore {
      override async *list() {}
      override async put(name: string, content: Content, options?: PutOptions) {
        // As a writer that names files by a random number would.
        return super.put(
          name.replace(/\d{16}/, String(Math.floor(Math.random() * 1e9)).padStart(16, '0')),
          content,
          options
        )
      }
    }
    const store = new Amnesiac()
    await placesChain(store).append(range(0, 30), signal)
    await placesChain(store).append(range(0, 30), signal)
    const whole = new MemoryObjectStore()
    for (const [name, held] of store.objects) whole.objects.set(name, held)
    assert.ok((await violationsIn(whole, 30)).some((sentence) => sentence.startsWith('I2')))
  })
})
