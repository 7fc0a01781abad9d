import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StuckPartitions } from '../../../topics/kafka/stuck-partitions.ts'

const at = (fetchAt: number) => ({ topic: 't', partition: 3, fetchAt })
const damage = new Error('fails its checksum')

test('a partition that has records and gives none for long enough is named with what is wrong', (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const stuck = new StuckPartitions(60_000)
  stuck.answered(at(7), { end: 9, damage })
  for (let answer = 0; answer < 6; answer++) {
    t.mock.timers.tick(10_000)
    stuck.answered(at(7), { end: 9, damage })
  }
  t.mock.timers.tick(10_000)
  assert.throws(() => stuck.answered(at(7), { end: 9, damage }), {
    code: 'LOG_UNREADABLE',
    message: /^t\/3 cannot be read at offset 7 \(fails its checksum\), tried for 60 s/
  })
})

test('progress, an empty log, silence and a long sleep are none of it', (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const stuck = new StuckPartitions(60_000)
  const answer = (fetchAt: number, end: number) => {
    t.mock.timers.tick(50_000)
    stuck.answered(at(fetchAt), { end, damage: null })
  }
  for (let offset = 0; offset < 20; offset++) answer(offset, 100)
  for (let times = 0; times < 20; times++) answer(20, 20)
  answer(20, 30)
  t.mock.timers.tick(3_600_000)
  answer(20, 30)
  t.mock.timers.tick(3_600_000)
  answer(20, 30)
  answer(21, 30)
})
