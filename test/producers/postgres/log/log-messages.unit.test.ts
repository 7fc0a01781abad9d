import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { lsnText, parseLsn } from '../../../../producers/postgres/log/lsn.ts'
import { decodeLog } from '../../../../producers/postgres/log/pgoutput.ts'
import { isVisible } from '../../../../producers/postgres/poll/scanned-pages.ts'

const int16 = (n: number) => Buffer.from([n >> 8, n & 255])
const int32 = (n: number) => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(n)
  return buffer
}
const int64 = (n: bigint) => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64BE(n)
  return buffer
}
const tuple = (values: readonly (string | null | undefined)[]) =>
  Buffer.concat([
    int16(values.length),
    ...values.map((value) => {
      if (value === null) return Buffer.from('n')
      if (value === undefined) return Buffer.from('u')
      return Buffer.concat([Buffer.from('t'), int32(Buffer.byteLength(value)), Buffer.from(value)])
    })
  ])
const message = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)))

describe('messages of the log', () => {
  it('are decoded: begin and commit with their places and time', () => {
    const at = BigInt(Date.UTC(2026, 10, 22) - Date.UTC(2000, 0, 1)) * 1000n
    assert.deepEqual(decodeLog(message('B', int64(7n), int64(at), int32(4_000_000_000))), [
      { kind: 'begin', commitLsn: 7n, committedAt: Date.UTC(2026, 10, 22) * 1000, xid: 4_000_000_000 }
    ])
    const commit = message('C', Buffer.from([0]), int64(7n), int64(9n), int64(at))
    assert.deepEqual(decodeLog(commit), [{ kind: 'commit', endLsn: 9n }])
  })

  it('are decoded: values as they are, NULL, and large ones that did not change', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(null, undefined, '', '\ufeffx'))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (values) => {
        assert.deepEqual(decodeLog(message('I', int32(1), 'N', tuple(values))), [{ kind: 'row', values }])
        assert.deepEqual(decodeLog(message('U', int32(1), 'N', tuple(values))), [{ kind: 'row', values }])
      })
    )
  })

  it('are decoded: a changed key is a delete of the old and a row', () => {
    const update = message('U', int32(1), 'K', tuple(['1', null]), 'N', tuple(['2', 'x']))
    assert.deepEqual(decodeLog(update), [
      { kind: 'delete', key: ['1', null] },
      { kind: 'row', values: ['2', 'x'] }
    ])
  })

  it('of kinds we do not need are passed over', () => {
    for (const tag of ['O', 'Y', 'M']) assert.deepEqual(decodeLog(message(tag, int64(1n), 'x')), [])
  })
})

describe('places in the log', () => {
  it('come back from their text and keep their order', () => {
    const lsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    fc.assert(fc.property(lsn, (at) => assert.equal(parseLsn(lsnText(at)), at)))
    assert.equal(lsnText(parseLsn('16/B374D848')), '16/B374D848')
  })
})

describe('what a snapshot sees', () => {
  it('is what had ended when it was taken', () => {
    for (const [xid, expected] of [
      [9, true],
      [10, false],
      [11, true],
      [12, false],
      [14, false],
      [15, false]
    ] as const)
      assert.equal(isVisible(xid, '10:14:10,12'), expected, `transaction ${xid}`)
  })

  it('is told across the wrap of 32 bits', () => {
    const epoch = 2 ** 32
    const snapshot = `${epoch * 3 + 5}:${epoch * 3 + 8}:${epoch * 3 + 5}`
    assert.equal(isVisible(2 ** 32 - 3, snapshot), true)
    assert.equal(isVisible(5, snapshot), false)
    assert.equal(isVisible(6, snapshot), true)
    const before = `${epoch * 3 - 9}:${epoch * 3 - 4}:`
    assert.equal(isVisible(2, before), false)
  })
})
