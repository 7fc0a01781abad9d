import assert from 'node:assert/strict'
import { it } from 'node:test'
import { randomFrom } from '../../../local/sample/random.ts'
import { CourantError } from '../../../runtime/errors.ts'
import type { ObjectStore } from '../../../runtime/object-store/object-store.ts'
import { Compactor } from '../../../sinks/lake/compactor.ts'
import { silverLake } from './silver-lake.ts'

/** A store of which one call fails, the `at`th, before it does anything or after it did all: as a full disk or a lost answer. */
function failing(store: ObjectStore, { at, isAfter }: { at: number; isAfter: boolean }) {
  const calls = { count: 0 }
  const struck = async <R>(action: () => Promise<R>): Promise<R> => {
    const isStruck = calls.count++ === at
    const full = () => new CourantError('TARGET_UNAVAILABLE', 'ENOSPC; make room')
    if (isStruck && !isAfter) throw full()
    const result = await action()
    if (isStruck) throw full()
    return result
  }
  const wrapped: ObjectStore = {
    describe: store.describe,
    head: (name) => struck(() => store.head(name)),
    get: (name, options) => struck(() => store.get(name, options)),
    put: (name, content, options) => struck(() => store.put(name, content, options)),
    delete: (name) => struck(() => store.delete(name)),
    copyTo: (name, file, options) => struck(() => store.copyTo(name, file, options)),
    list: async function* (prefix) {
      await struck(async () => undefined)
      yield* store.list(prefix)
    }
  }
  return { store: wrapped, calls }
}

const longestStep = 5

it('a compaction whose store fails at any call leaves every row readable once, and the next one ends it', async (t) => {
  const seed = Number(process.env['COURANT_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed} (COURANT_TEST_SEED)`)
  const random = randomFrom(String(seed))
  const at = await silverLake()
  let rows = 0
  let isThrough = false
  // Another third of the calls at each seed, before or after what they do, to the last one.
  for (let call = 0; !isThrough; call += 1 + random.int(longestStep)) {
    await at.write(rows, rows + 12)
    rows += 12
    const { store, calls } = failing(at.store, { at: call, isAfter: random.chance(0.5) })
    const compactor = new Compactor({ ...at, store })
    await compactor.look({ evenIfBusy: true }).catch((error: unknown) => {
      assert.ok(error instanceof CourantError && error.code === 'TARGET_UNAVAILABLE')
    })
    isThrough = calls.count <= call
    await at.holds(rows)
  }
  await new Compactor(at).look({ evenIfBusy: true })
  await at.holds(rows)
  assert.ok(rows > 84, `${rows / 12} calls were struck`)
})
