import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as holds, integer, property, uniqueArray } from 'fast-check'
import {
  isSettled,
  lastOfOldest,
  type LetterProgress,
  settledBy,
  waitingIn
} from '../../../topics/letters/letter-progress.ts'

const none: LetterProgress = { low: 0, high: 40, next: 0, settled: [] }
const after = (progress: LetterProgress, offset: number): LetterProgress => {
  const { offset: next, note } = settledBy('p', [[offset, offset]], progress)
  const settled = note === '' ? [] : (JSON.parse(note) as { settled: [number, number][] }).settled
  return { ...progress, next, settled }
}

test('whatever the order in which letters are settled, exactly those wait no longer', () => {
  holds(
    property(uniqueArray(integer({ min: 0, max: 39 })), integer({ min: 1, max: 50 }), (done, limit) => {
      const progress = done.reduce(after, none)
      const waits = Array.from({ length: 40 }, (_, n) => n).filter((n) => !done.includes(n))
      assert.equal(waitingIn(progress), waits.length)
      for (let n = 0; n < 40; n++) assert.equal(n < progress.next || isSettled(n, progress), done.includes(n))
      if (waits.length > 0) {
        const last = lastOfOldest(progress, limit) ?? -1
        assert.equal(waits.filter((n) => n <= last).length, Math.min(limit, waits.length))
      }
    })
  )
})

test('what Kafka has no room to note is refused before anything is done', () => {
  const settled = Array.from({ length: 600 }, (_, n) => [1000 + 3 * n, 1000 + 3 * n] as const)
  assert.throws(() => settledBy('p', [[5, 5]], { ...none, high: 9000, settled }), { code: 'CONFIG_INVALID' })
})
