import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RepeatWindow, Repeats } from '../../../topics/log/repeats.ts'

describe('the window of repeats', () => {
  it('knows exactly the last distinct ids', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.integer({ min: 0, max: 9 })), (size, ids) => {
        const window = new RepeatWindow(size)
        let last: number[] = []
        for (const id of ids) {
          const isKnown = last.includes(id)
          assert.equal(window.isRepeat(String(id)), isKnown)
          if (!isKnown) last = [...last, id].slice(-size)
        }
      }),
      { verbose: true }
    )
  })

  it('begins a window before the start, but not before the log', () => {
    const begin = (offset: number, low: number) =>
      new Repeats(10).begin({ topic: 't', partition: 0, offset }, low).offset
    assert.equal(begin(100, 0), 90)
    assert.equal(begin(100, 95), 95)
    assert.equal(begin(5, 0), 0)
  })

  it('leaves a start that lies before the log as it is, so that it is reported as lost', () => {
    assert.equal(new Repeats(10).begin({ topic: 't', partition: 0, offset: 5 }, 50).offset, 5)
  })
})
