import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { StuckPartitions } from '../../../../topics/kafka/consume/stuck-partitions.ts'

const at = (fetchAt: number) => ({ topic: 't', partition: 3, fetchAt })
/** A clock that stands still until it is moved. */
function clock(t: TestContext) {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  return (ms: number) => {
    now += ms
  }
}
const damage = new Error('fails its checksum')

test('a partition that has records and gives none for long enough is named with what is wrong', (t) => {
  const tick = clock(t)
  const stuck = new StuckPartitions(60_000)
  stuck.answered(at(7), { end: 9, damage })
  for (let answer = 0; answer < 6; answer++) {
    tick(10_000)
    stuck.answered(at(7), { end: 9, damage })
  }
  tick(10_000)
  assert.throws(() => stuck.answered(at(7), { end: 9, damage }), {
    code: 'LOG_UNREADABLE',
    message: /^t\/3 cannot be read at offset 7 \(fails its checksum\), tried for 60 s/
  })
})

test('progress, an empty log, silence and a long sleep are none of it', (t) => {
  const tick = clock(t)
  const stuck = new StuckPartitions(60_000)
  const answer = (fetchAt: number, end: number) => {
    tick(50_000)
    stuck.answered(at(fetchAt), { end, damage: null })
  }
  for (let offset = 0; offset < 20; offset++) answer(offset, 100)
  for (let times = 0; times < 20; times++) answer(20, 20)
  answer(20, 30)
  tick(3_600_000)
  answer(20, 30)
  tick(3_600_000)
  answer(20, 30)
  answer(21, 30)
})
