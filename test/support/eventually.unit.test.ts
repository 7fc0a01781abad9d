import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from './eventually.ts'

test('what comes nearer is waited for, far beyond the time in which nothing may change', async () => {
  let left = 8
  const begunAt = Date.now()
  const probe = () => {
    const passed = Math.floor((Date.now() - begunAt) / 60)
    left = 8 - passed
    if (left > 0) throw new Error(`${left} records behind`)
    return true
  }
  assert.equal(await eventually(probe, { timeoutMs: 100 }), true)
  assert.ok(left <= 0)
})

test('what says the same for the whole time fails with what it said', async () => {
  const stuck = () => {
    throw new Error('5 records behind')
  }
  await assert.rejects(
    eventually(stuck, { timeoutMs: 30, what: 'no lag' }),
    /no lag did not come true: .*: 5 records behind$/
  )
})

test('what changes for ever without coming true is given up, too', async () => {
  let n = 0
  const endless = () => {
    n += 1
    throw new Error(`try ${n}`)
  }
  await assert.rejects(eventually(endless, { timeoutMs: 20 }), /: try \d+$/)
})
