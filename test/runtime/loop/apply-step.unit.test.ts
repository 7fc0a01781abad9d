import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyStep } from '../../../runtime/loop/apply-step.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'

const numbers = Array.from({ length: 20 }, (_, i) => memoryItem(i + 1, i + 1))

const pipelineOf = (step: (n: number) => Promise<number>, atOnce: number) => ({
  kind: 'processor' as const,
  name: 'p',
  uses: {},
  reads: [],
  writes: [],
  from: memoryReader('in', numbers),
  to: memoryWriter<number>('out'),
  atOnce,
  step
})

test('a step that works at several items at once keeps their order, and sets aside what fails', async () => {
  let busy = 0
  let busiest = 0
  const step = async (n: number) => {
    busiest = Math.max(busiest, ++busy)
    // Later items are done sooner.
    for (let turn = 20 - n; turn > 0; turn--) await Promise.resolve()
    busy--
    if (n % 5 === 0) throw new CourantError('RECORD_INVALID', 'a multiple of five')
    return n
  }
  const { out, failures } = await applyStep(pipelineOf(step, 4), numbers, {})
  const values = numbers.map(({ value }) => value)
  assert.deepEqual(
    out.map(({ value }) => value),
    values.filter((n) => n % 5 !== 0)
  )
  assert.deepEqual(
    failures.map(({ item }) => item.value),
    [5, 10, 15, 20]
  )
  assert.equal(busiest, 4)
})

test('a step that works at several items at once begins no more after an error that is not a record', async () => {
  let begun = 0
  const step = async (n: number) => {
    begun++
    await Promise.resolve()
    if (n === 2) throw new CourantError('SOURCE_UNAVAILABLE', 'not now')
    return n
  }
  await assert.rejects(applyStep(pipelineOf(step, 3), numbers, {}), { code: 'SOURCE_UNAVAILABLE' })
  assert.ok(begun < 10, `${begun}`)
})

test('items without a step pass unchanged, however many they are', async () => {
  const { step: _none, ...unchanged } = pipelineOf(async (n) => n, 1)
  const many = Array.from({ length: 200_000 }, (_, i) => memoryItem(i + 1, i + 1))
  const { out } = await applyStep(unchanged, many, {})
  assert.deepEqual([out.length, out[0], out.at(-1)], [many.length, many[0], many.at(-1)])
})
