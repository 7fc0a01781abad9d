import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batcher } from '../../../runtime/loop/batcher.ts'

/** A batcher that doubles numbers, with what each call got and a way to hold calls back. */
function doubling({ maxItems = 10, maxAtOnce = 1 } = {}) {
  const calls: (readonly number[])[] = []
  const gates: (() => void)[] = []
  const batcher = new Batcher<number, number>({
    maxItems,
    maxAtOnce,
    async work(inputs) {
      calls.push(inputs)
      await new Promise<void>((resolve) => gates.push(resolve))
      if (inputs.includes(0)) throw new Error('zero')
      return inputs.map((n) => n * 2)
    }
  })
  /** Lets every call end that has begun. */
  const turn = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    for (const open of gates.splice(0)) open()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { batcher, calls, turn }
}

describe('a batcher', () => {
  it('answers what is asked during a call by the next one, which began after the question', async () => {
    const { batcher, calls, turn } = doubling()
    const first = batcher.ask(1)
    await new Promise((resolve) => setImmediate(resolve))
    const later = [2, 3].map((n) => batcher.ask(n))
    await turn()
    await turn()
    assert.deepEqual([await first, ...(await Promise.all(later))], [2, 4, 6])
    assert.deepEqual(calls, [[1], [2, 3]])
  })

  it('makes no call larger than it may, and no more at once', async () => {
    const { batcher, calls, turn } = doubling({ maxItems: 2, maxAtOnce: 2 })
    const answers = Promise.all([1, 2, 3, 4, 5].map((n) => batcher.ask(n)))
    await turn()
    await turn()
    await turn()
    assert.deepEqual(await answers, [2, 4, 6, 8, 10])
    assert.deepEqual(calls, [[1, 2], [3, 4], [5]])
  })

  it('gives a failure to all of its call and goes on', async () => {
    const { batcher, turn } = doubling()
    const failed = Promise.allSettled([batcher.ask(0), batcher.ask(1)])
    await turn()
    assert.deepEqual(
      (await failed).map(({ status }) => status),
      ['rejected', 'rejected']
    )
    const next = batcher.ask(4)
    await turn()
    assert.equal(await next, 8)
  })

  it('drops what nobody waits for any more before its call begins', async () => {
    const { batcher, calls, turn } = doubling()
    const dropped = batcher.ask(1, AbortSignal.abort(new Error('too late')))
    const kept = batcher.ask(2)
    const refused = assert.rejects(dropped, /too late/)
    await turn()
    await refused
    assert.equal(await kept, 4)
    assert.deepEqual(calls, [[2]])
  })
})
