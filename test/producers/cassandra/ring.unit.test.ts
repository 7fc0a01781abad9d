import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  afterToken,
  keyOfRingKey,
  ringKey,
  ringPart,
  tokenOf,
  tokenOfRingKey,
  tokenText
} from '../../../producers/cassandra/ring.ts'

const token = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

describe('the token ring', () => {
  it('is covered by its parts, each token but the lowest in exactly one', () => {
    fc.assert(
      fc.property(token, fc.integer({ min: 1, max: 300 }), (token, parts) => {
        const holding = Array.from({ length: parts }, (_, n) => ringPart(n, parts)).filter(
          ({ after, upTo }) => token > after && token <= upTo
        )
        assert.equal(holding.length, token === -(2n ** 63n) ? 0 : 1)
      })
    )
  })

  it('has texts in the order of its tokens, which give the token back', () => {
    fc.assert(
      fc.property(token, token, (a, b) => {
        assert.equal(tokenOf(tokenText(a)), a)
        assert.equal(tokenText(a) < tokenText(b), a < b)
      })
    )
  })

  it('puts all keys of a token before its bound, and those of the next after', () => {
    fc.assert(
      fc.property(token, fc.string({ unit: 'grapheme' }), (token, key) => {
        const place = ringKey(token, key)
        assert.deepEqual([tokenOfRingKey(place), keyOfRingKey(place)], [token, key])
        const bytes = (text: string) => Buffer.from(text)
        assert.ok(Buffer.compare(bytes(place), bytes(afterToken(tokenText(token)))) < 0)
        if (token < 2n ** 63n - 1n)
          assert.ok(Buffer.compare(bytes(ringKey(token + 1n, '')), bytes(afterToken(tokenText(token)))) > 0)
      })
    )
  })
})
