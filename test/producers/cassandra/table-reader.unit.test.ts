import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { openKeyState } from '../../../producers/state/key-state.ts'
import { Ledger } from '../../../producers/state/ledger.ts'
import { TableReader } from '../../../producers/cassandra/table-reader.ts'
import { CourantError } from '../../../runtime/errors.ts'
import type { Batch, Item } from '../../../runtime/pipeline.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { testContext } from '../../support/context.ts'
import { MemorySource } from './memory-source.ts'

const START = Date.UTC(2026, 0, 1) * 1000
const SECOND = 1_000_000
// Each commit is synced, which a folder in memory has done at once.
const quickFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const signal = new AbortController().signal

/** A reader over memory, a clock that goes on with each look at it, and the log it publishes to. */
class Run {
  readonly source = new MemorySource(START)
  readonly log: Item<RawChange>[] = []
  readonly folder = mkdtempSync(join(quickFolder, 'courant-cassandra-'))
  readonly context
  #reader: TableReader | null = null
  #passes = 0

  constructor(settings: Record<string, string> = {}) {
    const env = {
      COURANT_STATE_DIR: this.folder,
      COURANT_CASSANDRA_RANGES: '3',
      COURANT_CASSANDRA_POLL_MS: '10',
      ...settings
    }
    const now = () => new Date((this.source.clock += SECOND / 20) / 1000)
    const context = testContext(env)
    const gauge = (name: string) => void (this.#passes += name === 'source_compare_seconds' ? 1 : 0)
    this.context = { ...context, now, metrics: { ...context.metrics, gauge } }
  }

  get reader(): TableReader {
    const { source, context } = this
    const origin = { connector: 'cassandra', name: 'test', db: 'test', table: 'test' }
    this.#reader ??= new TableReader({
      origin,
      context,
      ledger: new Ledger(openKeyState(context)),
      connect: async () => source
    })
    return this.#reader
  }

  async read(limit: number): Promise<Batch<RawChange>> {
    const batch = await this.reader.read({ limit, lingerMs: 0, signal })
    for (const { value, key } of batch.items)
      if (value.op === 'd') assert.ok(!this.source.contents().has(key), 'only what is gone is deleted')
    this.log.push(...batch.items)
    return batch
  }

  async readAndCommit(limit: number): Promise<void> {
    await this.reader.commit(await this.read(limit))
  }

  async restart(): Promise<void> {
    await this.#reader?.close()
    this.#reader = null
  }

  async finishPass(): Promise<void> {
    for (const before = this.#passes; this.#passes === before; ) await this.readAndCommit(3)
  }

  /** Two whole passes: one may have been under way when the last row was written. */
  async settle(): Promise<void> {
    const enough = this.#passes + 2
    while (this.#passes < enough) {
      this.source.clock += 601 * SECOND
      await this.readAndCommit(7)
    }
  }

  async end(): Promise<void> {
    await this.restart()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** What a reader of the log holds that keeps the newest version of each key. */
  held(): Map<string, string | null> {
    const newest = new Map<string, RawChange>()
    for (const { key, value } of this.log) {
      const known = newest.get(key)
      if (!known || value.source.row_version >= known.source.row_version) newest.set(key, value)
    }
    const live = [...newest].filter(([, { after }]) => after !== null)
    return new Map(live.map(([key, { after }]) => [key, after?.['text'] ?? null]))
  }
}

const sorted = (map: Map<string, string | null>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))

const id = fc.integer({ min: 0, max: 11 })
const text = fc.constantFrom('a', 'b', 'c')
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), id, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put late' as const), id, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put without time' as const), id, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put with an old timestamp' as const), id, text }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), id }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 9 }) })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('read ahead' as const), limit: fc.integer({ min: 1, max: 9 }) })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('publish and crash' as const),
      limit: fc.integer({ min: 1, max: 9 })
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) }
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

async function perform(run: Run, step: Operation): Promise<void> {
  const { source } = run
  source.clock += 1000
  const now = source.clock
  const hourAgo = now - 3600 * SECOND
  switch (step.do) {
    case 'put':
      return source.put(step.id, step.text, { ownAt: now, writtenAt: now })
    case 'put late':
      return source.put(step.id, step.text, { ownAt: hourAgo, writtenAt: now })
    case 'put without time':
      return source.put(step.id, step.text, { ownAt: null, writtenAt: now })
    case 'put with an old timestamp':
      return source.put(step.id, step.text, { ownAt: now, writtenAt: hourAgo })
    case 'remove':
      return source.remove(step.id, now)
    case 'read':
      return run.readAndCommit(step.limit)
    case 'read ahead': {
      const first = await run.read(step.limit)
      const second = await run.read(step.limit)
      await run.reader.commit(first)
      return run.reader.commit(second)
    }
    case 'publish and crash':
      await run.read(step.limit)
      return run.restart()
    case 'wait':
      source.clock += 601 * SECOND
  }
}

describe('reading a Cassandra table by passes', () => {
  it('ends with the log equal to the source, whatever is written, read, left uncommitted and begun again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 80, size: 'max' }), async (operations) => {
        const run = new Run()
        try {
          for (const step of operations) await perform(run, step)
          await run.settle()
          assert.deepEqual(sorted(run.held()), sorted(run.source.contents()))
        } finally {
          await run.end()
        }
      }),
      { numRuns: 150 }
    )
  })

  it('never lets a version go back, and tells a repeat by its id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 80, size: 'max' }), async (operations) => {
        const run = new Run()
        try {
          for (const step of operations) await perform(run, step)
          await run.settle()
          const seen = new Map<string, { version: number; text: string | null }>()
          const latest = new Map<string, number>()
          for (const { id, key, value } of run.log) {
            const version = value.source.row_version
            const known = seen.get(id)
            const text = value.after?.['text'] ?? null
            if (known) assert.deepEqual(known, { version, text })
            else assert.ok(version >= (latest.get(key) ?? 0))
            seen.set(id, { version, text })
            latest.set(key, Math.max(version, latest.get(key) ?? 0))
          }
        } finally {
          await run.end()
        }
      }),
      { numRuns: 100 }
    )
  })

  it('finds the delete in the pass that missed the key, wherever that pass was cut off', async () => {
    for (let pages = 0; pages < 14; pages += 1) {
      const run = new Run()
      try {
        for (let n = 0; n < 25; n += 1) run.source.put(n, 'a', { ownAt: START, writtenAt: START + n })
        await run.settle()
        run.source.clock += 3600 * SECOND
        // Its partition is followed by others in the same part of the ring.
        run.source.remove(1, run.source.clock)
        for (let n = 0; n < pages; n += 1) {
          // Long enough that the position is saved though it carries no change.
          run.source.clock += 6 * SECOND
          await run.readAndCommit(3)
        }
        await run.restart()
        await run.finishPass()
        assert.deepEqual(sorted(run.held()), sorted(run.source.contents()), `cut off after ${pages} pages`)
      } finally {
        await run.end()
      }
    }
  })

  it('asks for fewer rows after a page that was too much, and for as many as before when that goes well', async () => {
    const run = new Run({ COURANT_CASSANDRA_PAGE_ROWS: '100' })
    try {
      const tooMuch = new CourantError('SOURCE_UNAVAILABLE', 'too slow', { details: { isTooMuch: true } })
      await run.readAndCommit(1000)
      run.source.failures.push(tooMuch, tooMuch)
      for (let n = 0; n < 2; n += 1) await assert.rejects(run.readAndCommit(1000), tooMuch)
      await run.settle()
      assert.ok(run.source.limits.some((limit) => limit <= 25))
      for (let n = 0; n < 40; n += 1) {
        run.source.clock += 2 * SECOND
        await run.readAndCommit(1000)
      }
      assert.equal(run.source.limits.at(-1), 100)
    } finally {
      await run.end()
    }
  })
})
