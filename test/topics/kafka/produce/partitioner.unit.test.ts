import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur2, partitionFor } from '../../../../topics/kafka/produce/partitioner.ts'

// The values of org.apache.kafka.common.utils.UtilsTest#testMurmur2.
const known: readonly [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971]
]

for (const [text, hash] of known)
  test(`murmur2 of ${text} is Java's`, () => assert.equal(murmur2(Buffer.from(text)), hash))

test("murmur2 of the bytes a, b, c is Java's", () => assert.equal(murmur2(Buffer.from('abc')), 479470107))

test('a key is in the partition where a Java producer puts it', () => {
  for (const [text, hash] of known) {
    assert.equal(partitionFor(text, 12), (hash & 0x7fffffff) % 12)
    assert.equal(partitionFor(Buffer.from(text), 12), partitionFor(text, 12))
  }
})
