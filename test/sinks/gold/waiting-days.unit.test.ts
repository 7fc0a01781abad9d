import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { type Place, type Subject, wholeDay } from '../../../sinks/gold/state/kept-table.ts'
import { WaitingDays } from '../../../sinks/gold/state/waiting-days.ts'

const [ann, bob] = ['0a'.repeat(16), '0b'.repeat(16)]
const place = (subject: Subject, userId: string): Place => ({ subject, userId, day: 1, part: wholeDay })
const some = { upTo: Number.MAX_SAFE_INTEGER, limit: 10 }

describe('the days that wait to be computed', () => {
  it('give one that is touched all the time its turn', () => {
    const waiting = new WaitingDays(new DatabaseSync(':memory:'))
    waiting.add([place('activity', ann)])
    waiting.add([place('activity', bob)])
    waiting.add([place('activity', ann)])
    const { list } = waiting.targets('activity', { ...some, limit: 1 })
    assert.deepEqual(
      list.map(({ userId }) => userId),
      [ann]
    )
  })

  it('keep one that was touched while it was computed, behind those that waited longer', () => {
    const waiting = new WaitingDays(new DatabaseSync(':memory:'))
    waiting.add([place('activity', ann)])
    const targets = waiting.targets('activity', some)
    waiting.add([place('activity', bob)])
    waiting.add([place('activity', ann)])
    waiting.computed(targets)
    assert.deepEqual(
      waiting.targets('activity', some).list.map(({ userId }) => userId),
      [bob, ann]
    )
  })

  it('are done up to a mark only when none that began to wait before is left', () => {
    const waiting = new WaitingDays(new DatabaseSync(':memory:'))
    waiting.add([place('activity', ann)])
    const upTo = waiting.mark
    waiting.add([place('activity', ann)])
    waiting.add([place('notifications', bob)])
    assert.equal(waiting.longestWaiting(upTo), 'activity')
    waiting.computed(waiting.targets('activity', { upTo, limit: 10 }))
    assert.equal(waiting.longestWaiting(upTo), null)
    assert.equal(waiting.longestWaiting(waiting.mark), 'notifications')
    assert.equal(waiting.any(), true)
  })
})
