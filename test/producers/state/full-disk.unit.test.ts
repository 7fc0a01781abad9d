import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type KeyEntry, openKeyState } from '../../../producers/state/key-state.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { testContext } from '../../support/context.ts'
import { smallDisk } from '../../support/small-disk.ts'

const probe = smallDisk(1)
probe?.remove()
const skip = probe === null && 'mounting a small file system is not permitted here'
const everything = { after: null, upTo: null }
const pageOf = (from: number): KeyEntry[] =>
  Array.from({ length: 5000 }, (_, n) => ({ key: `key-${from + n}`.padEnd(60, 'x'), hash: n, version: 1 }))

describe("a full disk under a poller's state", { skip }, () => {
  it('keeps keys and position together: what was refused is not there, and goes in once there is room', (t) => {
    const disk = smallDisk(12)
    assert.ok(disk)
    t.after(() => disk.remove())
    const context = testContext({ COURANT_STATE_DIR: disk.folder }, 'full-disk')
    const state = openKeyState(context)
    state.apply(pageOf(0), 'p1')
    disk.fill()
    // A first page may still fit in what the log of changes holds already.
    let last = 1
    assert.throws(() => {
      for (let n = 1; n < 20; n++, last = n) state.apply(pageOf(n * 5000), `p${n + 1}`)
    }, isFull)
    assert.equal(state.position(), `p${last}`)
    assert.equal(state.summary(everything).count, last * 5000)
    state.close()
    disk.empty()
    const again = openKeyState(context)
    assert.equal(again.position(), `p${last}`, 'after a restart')
    assert.equal(again.summary(everything).count, last * 5000)
    again.apply(pageOf(last * 5000), 'next')
    assert.equal(again.position(), 'next')
    assert.equal(again.summary(everything).count, (last + 1) * 5000)
    again.close()
  })

  it('says at a start that there is no room, and starts once there is', (t) => {
    const disk = smallDisk(12)
    assert.ok(disk)
    t.after(() => disk.remove())
    const context = testContext({ COURANT_STATE_DIR: disk.folder }, 'no-room')
    disk.fill()
    assert.throws(() => openKeyState(context), isFull)
    disk.empty()
    const state = openKeyState(context)
    state.apply(pageOf(0), 'p1')
    state.close()
  })
})

const isFull = (error: unknown): boolean =>
  error instanceof CourantError && error.code === 'STATE_UNUSABLE' && /room/.test(error.message)
