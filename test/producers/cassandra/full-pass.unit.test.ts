import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FullPass } from '../../../producers/cassandra/full-pass.ts'
import { newFullPass } from '../../../producers/cassandra/progress.ts'
import { SeenKeys } from '../../../producers/cassandra/seen-keys.ts'
import type { SourcePage } from '../../../producers/cassandra/source.ts'
import type { SourceRow } from '../../../producers/cassandra/source-row.ts'
import { ringKey } from '../../../producers/cassandra/ring.ts'
import { openKeyState } from '../../../producers/state/key-state.ts'
import { testContext } from '../../support/context.ts'
import { MemorySource } from './memory-source.ts'

function stateOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'courant-seen-'))
  const state = openKeyState(testContext({ COURANT_STATE_DIR: folder }))
  t.after(() => {
    state.close()
    rmSync(folder, { recursive: true })
  })
  return state
}

const { signal } = new AbortController()

/** One partition whose rows come in another order than that of their keys, as clustering columns order them. */
class OnePartition extends MemorySource {
  readonly #rows: readonly SourceRow[]

  constructor(numbers: readonly number[]) {
    super(0)
    this.#rows = numbers.toReversed().map((n) => {
      const key = String(n)
      return { ringKey: ringKey(7n, key), key, after: {}, hash: n, writtenAt: 1, ownAt: 1 }
    })
  }

  override async scan({ page, limit }: { page: string | null; limit: number }): Promise<SourcePage> {
    const from = Number(page ?? 0)
    const next = from + limit < this.#rows.length ? String(from + limit) : null
    return { rows: this.#rows.slice(from, from + limit), next }
  }
}

test('a partition of any length holds a bounded number of keys in memory, and every one is known', (t) => {
  const seen = new SeenKeys(stateOf(t), { mostHeld: 1000 })
  for (let from = 0; from < 20_000; from += 300) {
    seen.add(Array.from({ length: 300 }, (_, n) => `key ${from + n}`))
    assert.ok(seen.held <= 1000)
  }
  for (const n of [0, 999, 1000, 12_345, 19_999]) assert.ok(seen.has(`key ${n}`))
  assert.ok(!seen.has('key 99999'))
  seen.forget()
  assert.ok(!seen.has('key 0') && seen.held === 0)
})

test('what a partition longer than memory holds has lost is gone, and nothing else', async (t) => {
  const state = stateOf(t)
  const numbers = Array.from({ length: 120_000 }, (_, n) => n)
  const lost = new Set([0, 7, 60_000, 119_999])
  state.apply(
    numbers.map((n) => ({ key: ringKey(7n, String(n)), hash: n, version: 1 })),
    ''
  )
  const source = new OnePartition(numbers.filter((n) => !lost.has(n)))
  const progress = newFullPass(0, { isFirst: false, parts: 1 })
  const pass = new FullPass(source, state, { progress, mayDelete: () => true })
  const gone: string[] = []
  while (!pass.isDone) gone.push(...(await pass.page(5000, signal)).gone)
  assert.deepEqual(new Set(gone), new Set([...lost].map((n) => ringKey(7n, String(n)))))
})
