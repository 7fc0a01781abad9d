import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../../runtime/errors.ts'
import type { Content } from '../../../runtime/object-store/content.ts'
import type { PutOptions } from '../../../runtime/object-store/object-store.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import { GatheringWriter } from '../../../sinks/lake/gathering-writer.ts'
import { FolderLedger } from '../../../sinks/lake/folder-ledger.ts'
import type { CleanItem } from '../../../sinks/lake/silver-columns.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'
import { chainViolations, placesChain, placesInText } from './chain-violations.ts'
import { cleanChange, place, spreadMonths, spreadOut } from './sample-log.ts'

const { signal } = new AbortController()
const count = 600
const maxItems = 40

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => spreadOut(cleanChange(from + i), from + i))

/** Fails so many puts, before or after they had their effect. */
class FailingStore extends MemoryObjectStore {
  failures: ('before' | 'after')[] = []

  override async put(name: string, content: Content, options?: PutOptions): Promise<string | null> {
    const failure = this.failures.pop()
    if (failure !== 'before') {
      const etag = await super.put(name, content, options)
      if (failure === undefined) return etag
    }
    throw new CourantError('TARGET_UNAVAILABLE', 'gone')
  }
}

function writerOn(store: MemoryObjectStore, keptRows: number): GatheringWriter<CleanItem, unknown> {
  const chain = placesChain(store)
  const ledger = new FolderLedger(store, 'silver/places')
  return new GatheringWriter({ chain, ledger, rowOf: (item: CleanItem) => item, maxItems, keptRows })
}

/** A consumer group's offset, and a reader that may be set back to it, as the runner and Kafka have them. */
class Reading {
  committed = 0
  position = 0
  held = 0
  #writer: GatheringWriter<CleanItem, unknown>
  readonly #store: FailingStore

  constructor(store: FailingStore) {
    this.#store = store
    this.#writer = writerOn(store, 150)
  }

  async next(size: number): Promise<void> {
    const to = Math.min(count, this.position + size)
    const items = range(this.position, to)
    this.position = to
    for (;;)
      try {
        if ((await this.#writer.write(items, { signal })) === 'held') this.held++
        else this.committed = Math.max(this.committed, this.position)
        return
      } catch (error) {
        // The runner tries a transient error again, with the same items.
        assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
      }
  }

  /** The process is gone; another one goes on. */
  async crash(): Promise<void> {
    await this.#writer.close()
    this.#writer = writerOn(this.#store, 150)
    this.position = this.committed
  }

  /** Somebody else had the partitions for a while, and we have them again. */
  async away(size: number): Promise<void> {
    const other = writerOn(this.#store, 0)
    const to = Math.min(count, this.committed + size)
    await other.write(range(this.committed, to), { signal })
    this.committed = to
    this.position = to
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }
}

const size = fc.integer({ min: 5, max: maxItems })
const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('batch' as const), size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('away' as const), size: fc.nat(2 * maxItems) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('nothing', 'crash', 'reassigned') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('faults' as const),
      faults: fc.array(fc.constantFrom('before', 'after'), { maxLength: 4 })
    })
  }
)

describe('a gathering writer', () => {
  it('stores each row once, whatever fails, crashes, comes again or goes elsewhere while it keeps rows', async () => {
    let held = 0
    const runs = fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const store = new FailingStore()
      const reading = new Reading(store)
      for (const event of events) {
        if ('size' in event && event.kind === 'batch') await reading.next(event.size)
        else if ('size' in event) {
          store.failures = []
          await reading.away(event.size)
        } else if ('faults' in event) store.failures = [...event.faults]
        else if (event.kind === 'nothing') await reading.next(0)
        else if (event.kind === 'crash') await reading.crash()
        else reading.position = reading.committed
      }
      while (reading.position < count) await reading.next(maxItems)
      await reading.next(0)
      held += reading.held
      await reading.close()
      assert.equal(reading.committed, count)
      const found = await placesInText(store, 'lake/t')
      assert.deepEqual(
        await chainViolations(store, 'lake/t', { found, expected: range(0, count).map(place) }),
        []
      )
    })
    await fc.assert(runs, { numRuns: 150 })
    assert.ok(held > 500, `rows were kept back ${held} times`)
  })

  it('makes far fewer files of a backlog that lies spread over many months', async () => {
    const filesWith = async (keptRows: number) => {
      const store = new MemoryObjectStore()
      const writer = writerOn(store, keptRows)
      for (let from = 0; from < 6000; from += maxItems)
        await writer.write(range(from, from + maxItems), { signal })
      await writer.write([], { signal })
      return store.objects.size
    }
    const [most, few] = [await filesWith(0), await filesWith(100_000)]
    assert.ok(most > 5000, `${most} files`)
    assert.equal(few, spreadMonths * 3, 'one for each month and partition')
  })

  it('keeps nothing back of what goes to a few files, nor at the end of a backlog', async () => {
    const writer = writerOn(new MemoryObjectStore(), 100_000)
    const today = range(0, maxItems).map((item) => ({ ...item, at: new Date(Date.UTC(2026, 0, 1)) }))
    assert.equal(await writer.write(today, { signal }), undefined)
    assert.equal(await writer.write(range(maxItems, 2 * maxItems), { signal }), 'held')
    assert.equal(await writer.write(range(2 * maxItems, 2 * maxItems + 3), { signal }), undefined)
  })

  it('keeps no more than it may, in files that go with it', async () => {
    const kept = () => readdirSync(temporaryFolder()).filter((name) => name.endsWith('.rows')).length
    const writer = writerOn(new MemoryObjectStore(), 90)
    assert.equal(await writer.write(range(0, 40), { signal }), 'held')
    assert.equal(await writer.write(range(40, 80), { signal }), 'held')
    assert.equal(kept(), 2)
    assert.equal(await writer.write(range(80, 120), { signal }), undefined)
    assert.equal(kept(), 0)
    assert.equal(await writer.write(range(120, 160), { signal }), 'held')
    await writer.close()
    assert.equal(kept(), 0)
  })
})
