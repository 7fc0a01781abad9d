import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Draw } from '../../../topics/log/draw.ts'

const lanes = [
  { topic: 'premium', weight: 6 },
  { topic: 'standard', weight: 3 },
  { topic: 'batch', weight: 1 }
]
const hour = 3_600_000

/** Draws from lanes that hold so many items each; those of a lane have waited so long. */
function drawn(draws: number, stock: Record<string, number>, waitedMs: Record<string, number> = {}) {
  const draw = new Draw(lanes, hour)
  const taken: string[] = []
  const left = { ...stock }
  for (let n = 0; n < draws; n++) {
    const topic = draw.order().find((name) => (left[name] ?? 0) > 0)
    if (topic === undefined) break
    left[topic] = (left[topic] ?? 0) - 1
    draw.drawn(topic, waitedMs[topic] ?? 0)
    taken.push(topic)
  }
  return taken
}

const share = (taken: readonly string[], topic: string) => taken.filter((name) => name === topic).length

test('while all lanes have something, each ten draws are six, three and one', () => {
  const taken = drawn(100, { premium: 1000, standard: 1000, batch: 1000 })
  assert.deepEqual([share(taken, 'premium'), share(taken, 'standard'), share(taken, 'batch')], [60, 30, 10])
})

test('a lane that was empty for long has its turn at once, and the others go on at their weight', () => {
  const draw = new Draw(lanes, hour)
  for (let n = 0; n < 1000; n++) draw.drawn('batch', 0)
  const taken: string[] = []
  for (let n = 0; n < 40; n++) {
    const [topic = ''] = draw.order().filter((name) => name !== 'standard')
    draw.drawn(topic, 0)
    taken.push(topic)
  }
  assert.equal(taken[0], 'premium')
  // 6:1, less what batch had above its share before.
  assert.ok(share(taken, 'batch') >= 3, taken.join(' '))
  assert.ok(share(taken, 'premium') >= 33)
})

test('a lane whose items wait long comes to weigh as much as the heaviest, and no more', () => {
  const stock = { premium: 1000, standard: 1000, batch: 1000 }
  const taken = drawn(150, stock, { batch: 100 * hour })
  assert.ok(share(taken, 'batch') > 45, String(share(taken, 'batch')))
  assert.ok(share(taken, 'premium') > 50)
})
