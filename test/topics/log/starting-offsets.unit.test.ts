import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Generations, perGeneration } from '../../../topics/generations.ts'
import { Repeats } from '../../../topics/log/repeats.ts'
import { startingOffsets } from '../../../topics/log/starting-offsets.ts'
import { testContext } from '../../support/context.ts'

const topic = 'activity.users.clean'

interface Case {
  /** What the sink says; undefined where it leaves the partition to its group. */
  readonly own: number | undefined
  readonly committed: number | null
  readonly low: number
  readonly env?: Record<string, string>
  readonly generation?: number
  readonly repeatWindow?: number
}

/** Where a sink begins, what it notes, and how many warnings there are. */
async function begin({ own, committed, low, env = {}, generation = 0, repeatWindow = 0 }: Case) {
  const context = testContext({ COURANT_KAFKA_BROKERS: 'none:1', ...env }, 'silver.users')
  const noted: (readonly [number, number])[] = []
  const stored = {
    nextOffsets: async () => new Map(own === undefined ? [] : [[0, own]]),
    save: async (_topic: string, next: ReadonlyMap<number, number>) => void noted.push(...next)
  }
  const topics = { load: async () => ({ id: 'same', generation }), save: async () => undefined }
  const [start] = await startingOffsets(
    [{ topic, partition: 0, topicId: 'same', committed, low, high: 2000 }],
    {
      context,
      stored,
      generations: new Generations(context, topics),
      repeats: new Repeats(repeatWindow)
    }
  )
  return { offset: start?.offset, noted, warnings: context.warnings.length }
}

describe('where a sink begins', () => {
  it('is where its data ends, whatever its group has committed, and that is said', async () => {
    const begun = await begin({ own: 1084, committed: 1234, low: 0 })
    assert.deepEqual(begun, { offset: 1084, noted: [], warnings: 1 })
  })

  it('is not warned of where both agree, or the group is behind', async () => {
    for (const committed of [1234, 1200, null])
      assert.deepEqual(await begin({ own: 1234, committed, low: 500 }), {
        offset: 1234,
        noted: [],
        warnings: 0
      })
  })

  it('is the beginning of the log for one that has nothing, were records deleted or not', async () => {
    assert.equal((await begin({ own: 0, committed: null, low: 300 })).offset, 300)
    assert.equal((await begin({ own: 0, committed: 1234, low: 300 })).offset, 300)
    const anew = await begin({ own: 1500, committed: null, low: 7, generation: 1 })
    assert.deepEqual(anew, { offset: 7, noted: [], warnings: 0 })
  })

  it('is refused, with every number, where the log no longer has what it lacks', async () => {
    await assert.rejects(
      begin({ own: 1084, committed: 1234, low: 1100 }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'SINK_BEHIND')
        for (const number of ['1084', '1234', '1100']) assert.match(error.message, new RegExp(number))
        return true
      }
    )
  })

  it('is left to the port where records were deleted that nobody had read', async () => {
    assert.equal((await begin({ own: 1084, committed: 1084, low: 1100 })).offset, 1084)
  })

  it('is refused beyond the log, also where a window before it lies within', async () => {
    for (const repeatWindow of [0, 10_000])
      await assert.rejects(begin({ own: 2001, committed: 5, low: 0, repeatWindow }), { code: 'OFFSET_LOST' })
  })

  it('is where its group has committed, or the log begins, once the gap is confirmed', async () => {
    const env = { COURANT_CONFIRM_GAP: 'gold, silver.users' }
    const behind = await begin({ own: 1084, committed: 1234, low: 1100, env })
    assert.deepEqual(behind, { offset: 1234, noted: [[0, 1234]], warnings: 1 })
    const deleted = await begin({ own: 1084, committed: 1084, low: 1100, env })
    assert.deepEqual(deleted, { offset: 1100, noted: [[0, 1100]], warnings: 1 })
    const other = await begin({ own: 1084, committed: 1234, low: 0, env: { COURANT_CONFIRM_GAP: 'silver' } })
    assert.equal(other.offset, 1084)
  })

  it('is taken over from the group, once, where the sink is from before it kept that', async () => {
    const begun = await begin({ own: undefined, committed: 1234, low: 0, generation: 2 })
    assert.deepEqual(begun.noted, [[0, 2 * perGeneration + 1234]])
  })
})
