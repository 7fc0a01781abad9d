import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  type LagSample,
  LagWindow,
  partitionStatus,
  recordsBehind,
  sampleLags,
  worstStatus
} from '../../topics/lag.ts'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'
import { memoryTopics } from '../support/memory-topics.ts'

const topic = 'activity.users.clean'
const signal = AbortSignal.timeout(30_000)

/** A window of one partition: what was committed and how many records were left at each look. */
const windowOf = (
  looks: readonly (readonly [committed: number | null, records: number])[],
  members = 1
): LagSample[] =>
  looks.map(([committed, records], sampledAt) => ({
    topic,
    partition: 0,
    sampledAt,
    committed,
    records,
    ageMs: null,
    members
  }))

describe('the status of a group', () => {
  it('is told as Burrow does', () => {
    const cases: [string, LagSample[]][] = [
      ['UNKNOWN', windowOf([[5, 3]])],
      ['OK', windowOf([[5, 0]])],
      [
        'OK',
        windowOf([
          [5, 3],
          [8, 0],
          [8, 4]
        ])
      ],
      [
        'OK',
        windowOf([
          [5, 9],
          [8, 7],
          [9, 8]
        ])
      ],
      [
        'REWIND',
        windowOf([
          [8, 3],
          [5, 6]
        ])
      ],
      [
        'STALL',
        windowOf([
          [5, 3],
          [5, 4],
          [5, 5]
        ])
      ],
      [
        'STOP',
        windowOf(
          [
            [5, 3],
            [5, 4],
            [5, 5]
          ],
          0
        )
      ],
      [
        'STOP',
        windowOf(
          [
            [null, 3],
            [null, 4]
          ],
          0
        )
      ],
      [
        'WARN',
        windowOf([
          [5, 3],
          [6, 3],
          [7, 5]
        ])
      ]
    ]
    for (const [status, window] of cases)
      assert.equal(partitionStatus(window), status, JSON.stringify(window))
  })

  it('is that of its worst partition', () => {
    assert.equal(worstStatus(['OK', 'STALL', 'WARN']), 'STALL')
    assert.equal(worstStatus([]), 'UNKNOWN')
  })

  it('is OK for whoever caught up once in the window, whatever else happened', () => {
    const looks = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 1 })
    fc.assert(
      fc.property(looks, fc.nat(), (all, at) => {
        const caughtUp = all.map(
          ([committed, records], index) => [committed, index === at % all.length ? 0 : records] as const
        )
        assert.equal(partitionStatus(windowOf(caughtUp)), 'OK')
      }),
      { verbose: true }
    )
  })

  it('is never bad for who reads at least as fast as is written', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9)), { minLength: 1 })
    fc.assert(
      fc.property(steps, (all) => {
        let [committed, records] = [0, 1_000]
        const looks = [[committed, records] as const]
        for (const [read, written] of all) {
          committed += read
          records += Math.min(written, read - 1) - read
          looks.push([committed, records])
        }
        assert.equal(partitionStatus(windowOf(looks)), 'OK')
      }),
      { verbose: true }
    )
  })

  it('forgets what is older than the window', () => {
    const window = new LagWindow(2)
    for (const sample of windowOf([
      [5, 0],
      [5, 4],
      [5, 5]
    ]))
      window.add([sample])
    assert.equal(window.status(), 'STALL')
  })
})

/** Within a few seconds, as time goes on. */
function assertAge(sample: LagSample | undefined, ageMs: number): void {
  const age = sample?.ageMs ?? -1
  assert.ok(age >= ageMs && age < ageMs + 20_000, `${age} ms`)
}

describe('the lag of a group', () => {
  it('is never below zero, and counts only what is still in the log', () => {
    assert.equal(recordsBehind(12, { low: 0, high: 10 }), 0)
    assert.equal(recordsBehind(null, { low: 4, high: 10 }), 6)
    assert.equal(recordsBehind(2, { low: 4, high: 10 }), 6)
  })

  it('is read from the log: records, the age of the first unread one, and who is there', async () => {
    const { connection } = await memoryTopics()
    const producer = await connection.producer()
    const now = Date.now()
    for (const age of [90_000, 60_000, 30_000])
      await producer.send(
        [{ topic, partition: 0, key: 'k', value: Buffer.from('v'), timestamp: now - age }],
        { signal }
      )
    const look = async () => {
      const [result] = await sampleLags(connection, [{ group: 'g', topics: [topic] }], signal)
      assert.ok(result?.status === 'fulfilled')
      return result.value.find(({ partition }) => partition === 0)
    }
    const before = await look()
    assert.deepEqual([before?.committed, before?.records, before?.members], [null, 3, 0])
    assertAge(before, 90_000)
    const admin = await connection.kafka.admin()
    await admin.setCommitted('g', [{ topic, partition: 0, offset: 2 }])
    const behind = await look()
    assert.equal(behind?.records, 1)
    assertAge(behind, 30_000)
    await admin.setCommitted('g', [{ topic, partition: 0, offset: 3 }])
    const level = await look()
    assert.deepEqual([level?.records, level?.ageMs], [0, 0])
  })

  it('of many groups is asked of one administrator, and for the ends of a topic once', async () => {
    const kafka = memoryKafka()
    const asked: string[] = []
    const counted: KafkaClient = {
      ...kafka,
      async admin() {
        asked.push('admin')
        const admin = await kafka.admin()
        return {
          ...admin,
          offsets(name) {
            asked.push(name)
            return admin.offsets(name)
          }
        }
      }
    }
    const { connection } = await memoryTopics({ kafka: counted })
    asked.length = 0
    const groups = ['a', 'b', 'c'].map((group) => ({ group, topics: [topic] }))
    const lost = { group: 'lost', topics: ['no.such.topic', topic] }
    const sampled = await sampleLags(connection, [lost, ...groups], signal)
    assert.deepEqual(
      sampled.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled', 'fulfilled']
    )
    assert.deepEqual(asked, ['admin', 'no.such.topic', topic])
  })
})
