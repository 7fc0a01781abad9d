import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Unfinished } from '../../../topics/log/unfinished.ts'

test('whatever ends first, a position passes nothing that is unfinished, and comes to the end of all of it', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        Array.from({ length: 20 }, (_, n) => n),
        { minLength: 20 }
      ),
      fc.integer({ min: 0, max: 5 }),
      (order, gap) => {
        const unfinished = new Unfinished()
        // Two partitions, the records of one some offsets apart, as after a compaction.
        const places = order.map((_, n) => ({ topic: 't', partition: n % 2, offset: n * (gap + 1) + 1 }))
        for (const place of places) unfinished.handedOut([place])
        const ended = new Set<number>()
        const committed = [0, 0]
        for (const n of order) {
          ended.add(n)
          for (const { partition, offset } of unfinished.finished([places[n]!])) {
            assert.ok(offset > committed[partition]!)
            committed[partition] = offset
          }
          for (const [at, place] of places.entries())
            if (place.offset <= committed[place.partition]!) assert.ok(ended.has(at))
        }
        assert.deepEqual(committed, [places[18]!.offset, places[19]!.offset])
      }
    )
  )
})

test('what ends after partitions were dealt anew moves nothing that was not handed out again', () => {
  const unfinished = new Unfinished()
  const at = (offset: number) => ({ topic: 't', partition: 0, offset })
  unfinished.handedOut([at(1)])
  unfinished.handedOut([at(2)])
  unfinished.forget()
  assert.deepEqual(unfinished.finished([at(2)]), [])
  unfinished.handedOut([at(1)])
  assert.deepEqual(unfinished.finished([at(1)]), [at(1)])
})
