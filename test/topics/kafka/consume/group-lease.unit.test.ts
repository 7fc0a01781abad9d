import assert from 'node:assert/strict'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { type TestContext, test } from 'node:test'
import { GroupLease, momentNow } from '../../../../topics/kafka/consume/group-lease.ts'

const sessionMs = 15_000

/** A group whose coordinator says this of us. */
const group = (standing: 'member' | 'rebalance' | 'expelled' = 'member') => ({
  name: 'clean-groups',
  standing: async () => standing
})

/** Clocks that stand still until they are set forward. */
function clocks(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_763_800_000_000 })
  let seconds = 50
  t.mock.method(os, 'uptime', () => seconds)
  syncBuiltinESMExports()
  t.after(() => {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return {
    wall: (ms: number) => t.mock.timers.setTime(Date.now() + ms),
    uptime: (ms: number) => {
      seconds += ms / 1000
    }
  }
}

for (const clock of ['wall', 'uptime'] as const)
  test(`a lease ends well before its session when only the ${clock} clock went on`, (t) => {
    const pass = clocks(t)[clock]
    const lease = new GroupLease(sessionMs, momentNow(), group())
    pass(9_999)
    assert.ok(lease.isHeld)
    pass(1)
    assert.ok(!lease.isHeld)
  })

test('a lease is renewed from when the sign of life was sent, and a clock that is set back changes nothing', (t) => {
  const pass = clocks(t)
  const lease = new GroupLease(sessionMs, momentNow(), group())
  pass.uptime(6_000)
  const sentAt = momentNow()
  pass.uptime(3_000)
  pass.wall(-3_600_000)
  lease.renew(sentAt)
  pass.uptime(6_999)
  assert.ok(lease.isHeld)
  pass.uptime(1)
  assert.ok(!lease.isHeld)
})

test('a lease that was lost or ended stays so', (t) => {
  const pass = clocks(t)
  const lost = new GroupLease(sessionMs, momentNow(), group())
  pass.uptime(10_000)
  lost.renew(momentNow())
  assert.ok(!lost.isHeld)
  const ended = new GroupLease(sessionMs, momentNow(), group())
  ended.end()
  ended.renew(momentNow())
  assert.ok(!ended.isHeld)
})

test('a lease is confirmed by the coordinator, whatever the clocks say, and lost where it or a broker has given us up', async () => {
  const lease = (standing: 'member' | 'rebalance' | 'expelled') =>
    new GroupLease(sessionMs, momentNow(), group(standing))
  for (const standing of ['member', 'rebalance'] as const) {
    const held = lease(standing)
    await held.fence.confirm()
    assert.ok(held.isHeld)
  }
  const expelled = lease('expelled')
  await assert.rejects(expelled.fence.confirm(), { name: 'LeaseLost' })
  assert.ok(!expelled.isHeld)
  const ended = lease('member')
  ended.end()
  await assert.rejects(ended.fence.confirm(), { name: 'LeaseLost' }, 'a later generation answered')
  const refused = lease('member')
  refused.fence.lost()
  assert.ok(!refused.isHeld)
})
