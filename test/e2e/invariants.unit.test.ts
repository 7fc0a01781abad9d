import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LagSample } from '../../topics/lag.ts'
import {
  type DescribedFile,
  type Evidence,
  type LogEntry,
  lagging,
  misdescribed,
  violations
} from './invariants.ts'

/** A change of key `a@2` at an offset. */
const entry = (id: string, offset: number, row: string | null): LogEntry => {
  const [key = '', version] = id.split('@')
  return { id, key, partition: 0, offset, version: Number(version), row }
}

const changes = [
  entry('a@1', 0, 'A1'),
  entry('b@1', 1, 'B1'),
  entry('a@2', 2, 'A2'),
  entry('bad@1', 3, 'BAD'),
  entry('b@2', 4, null)
]
const clean = [entry('a@1', 0, 'a1'), entry('b@1', 1, 'b1'), entry('a@2', 2, 'a2'), entry('b@2', 3, null)]
const stored = (log: readonly LogEntry[]) =>
  log.map(({ partition, offset, row }) => ({ partition, offset, row }))

const sound: Evidence = {
  table: 't',
  source: new Map([
    ['a', 'A2'],
    ['bad', 'BAD']
  ]),
  changes,
  clean,
  rejected: ['bad@1'],
  bronze: stored(changes),
  silver: stored(clean),
  goldNext: new Map([[0, 4]]),
  committed: { bronze: new Map([[0, 5]]), silver: new Map([[0, 4]]), gold: new Map([[0, 4]]) }
}

test('a sound world has no violation', () => {
  assert.deepEqual(violations(sound), [])
})

test('sinks may have more than their groups have committed, and groups may have committed tombstones', () => {
  const none = new Map<number, number>()
  assert.deepEqual(violations({ ...sound, committed: { bronze: none, silver: none, gold: none } }), [])
  assert.deepEqual(violations({ ...sound, committed: { ...sound.committed, gold: new Map([[0, 9]]) } }), [])
})

test('a repeat in the log is no violation as long as sinks hold it once', () => {
  const repeated = [...changes, entry('a@2', 5, 'A2')]
  assert.deepEqual(violations({ ...sound, changes: repeated }), [])
})

const planted: Record<string, [RegExp, Partial<Evidence>]> = {
  'a row the producer never saw': [
    /I1: 1 rows of the source are in no change/,
    { source: new Map([...sound.source, ['c', 'C1']]) }
  ],
  'a delete that was not noticed': [/I3: 1 rows live/, { source: new Map([['bad', 'BAD']]) }],
  'an update that was not noticed': [
    /I4: 1 rows differ from the source/,
    { source: new Map([...sound.source, ['a', 'A3']]) }
  ],
  'a version that went back': [
    /I4: 1 changes have a version below/,
    { changes: [...changes, entry('a@0', 5, 'A0')] }
  ],
  'a change missing from bronze': [/I1: 1 changes are not in bronze/, { bronze: sound.bronze.slice(1) }],
  'a change twice in silver': [
    /I2: 1 changes are in silver more than once/,
    { silver: [...sound.silver, ...sound.silver.slice(0, 1)] }
  ],
  'a row nobody sent': [
    /I3: 1 rows of bronze are not in the topic/,
    { bronze: [...sound.bronze, { partition: 1, offset: 9, row: 'X' }] }
  ],
  'a row that was altered': [
    /I5: 1 rows of silver differ/,
    { silver: [{ partition: 0, offset: 0, row: 'other' }, ...sound.silver.slice(1)] }
  ],
  'a change that cleaning swallowed': [/I7: 1 changes are neither clean nor rejected/, { rejected: [] }],
  'a change both clean and rejected': [/I7: 1 changes are both/, { rejected: ['bad@1', 'a@1'] }],
  'a row that stayed current once it was no longer valid': [
    /I7: 1 rejected rows are not withdrawn, such as a@3/,
    { changes: [...changes, entry('a@3', 5, 'A3')], rejected: ['bad@1', 'a@3'] }
  ],
  'a valid row that was withdrawn': [
    /I7: 1 rows are withdrawn that were not rejected, such as a@2/,
    { clean: [...clean, { ...entry('a@2', 4, null), id: 'a@2.0', withdrawn: 'why' }] }
  ],
  'a commit before the rows are in bronze': [
    /I6: 1 changes are committed but not in bronze, such as 0\/4/,
    { bronze: sound.bronze.slice(0, -1) }
  ],
  'a commit before the rows are in silver': [
    /I6: 1 changes are committed but not in silver/,
    { silver: sound.silver.slice(0, -1) }
  ],
  'a commit before Gold has kept it': [
    /I6: 2 changes are committed but not in gold, such as 0\/2, 0\/3/,
    { goldNext: new Map([[0, 2]]) }
  ]
}

for (const [bug, [expected, change]] of Object.entries(planted))
  test(`the checker finds ${bug}`, () => {
    assert.match(violations({ ...sound, ...change }).join('\n'), expected)
  })

const sample = (records: number): LagSample => {
  return { topic: 't', partition: 0, sampledAt: 0, committed: 1, records, ageMs: 0, members: 1 }
}

test('a pipeline that has read everything does not lag', () => {
  assert.deepEqual(lagging(new Map([['p', [sample(0), sample(0)]]])), [])
})

test('the checker finds a pipeline that stands still, and one whose lag nobody knows', () => {
  assert.deepEqual(lagging(new Map([['p', [sample(0), sample(2)]]])), ['I8: p is 2 records behind'])
  assert.deepEqual(lagging(new Map([['p', []]])), ['I8: the lag of p is unknown'])
})

const rows = [3, 4, 7].map((offset) => ({ partition: 0, offset }))
const part: DescribedFile = { name: 'part', metadata: { first: '3', last: '7', count: '3' }, rows }
const compacted: DescribedFile = {
  name: 'compacted',
  metadata: { count: '4', offsets: '{"0":7,"1":2}' },
  rows: [{ partition: 1, offset: 2 }, ...rows]
}

test('files that describe their rows are well', () => {
  assert.deepEqual(misdescribed([part, compacted]), [])
})

test('the checker finds files that describe other rows', () => {
  const sentences = misdescribed([
    { ...part, rows: rows.slice(1) },
    { ...compacted, rows }
  ])
  assert.deepEqual(sentences, [
    'I5: part says its count is 3, and it is 2',
    'I5: part says its first is 3, and it is 4',
    'I5: compacted says its count is 4, and it is 3',
    'I5: compacted says its offsets is {"0":7,"1":2}, and it is {"0":7}'
  ])
})
