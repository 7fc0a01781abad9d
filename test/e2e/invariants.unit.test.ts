import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Evidence, type LogEntry, violations } from './invariants.ts'

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
  silver: stored(clean)
}

test('a sound world has no violation', () => {
  assert.deepEqual(violations(sound), [])
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
  'a change both clean and rejected': [/I7: 1 changes are both/, { rejected: ['bad@1', 'a@1'] }]
}

for (const [bug, [expected, change]] of Object.entries(planted))
  test(`the checker finds ${bug}`, () => {
    assert.match(violations({ ...sound, ...change }).join('\n'), expected)
  })
