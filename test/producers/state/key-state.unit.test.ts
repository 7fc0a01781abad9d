import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { type KeyEntry, openKeyState } from '../../../producers/state/key-state.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'

const folder = mkdtempSync(join(tmpdir(), 'courant-key-state-'))
after(() => rmSync(folder, { recursive: true }))
const contextOf = (pipeline: string) => testContext({ COURANT_STATE_DIR: folder }, pipeline)
const entry = (key: string, hash: number | null, version = 1): KeyEntry => ({ key, hash, version })
const everything = { after: null, upTo: null }

describe('key state', () => {
  it('keeps keys and position over a restart, together', () => {
    const context = contextOf(unique('restart'))
    const first = openKeyState(context)
    assert.equal(first.position(), null)
    first.apply([entry('a', 7), entry('b', 2 ** 52 - 1, 1_800_000_000_000_000)], 'p1')
    first.close()
    const second = openKeyState(context)
    assert.equal(second.position(), 'p1')
    assert.deepEqual(
      { ...second.lookup(['b', 'c']).get('b') },
      { hash: 2 ** 52 - 1, version: 1_800_000_000_000_000 }
    )
    second.close()
  })

  it('changes nothing when a transaction fails halfway', () => {
    const state = openKeyState(contextOf(unique('atomic')))
    state.apply([entry('a', 1)], 'p1')
    assert.throws(() => state.apply([entry('a', 2), entry('b', 0.5)], 'p2'), { code: 'STATE_UNUSABLE' })
    assert.equal(state.position(), 'p1')
    assert.deepEqual(
      state.range(everything, 9).map((row) => row.hash),
      [1]
    )
    state.close()
  })

  it('refuses a second process on the same pipeline', () => {
    const context = contextOf(unique('twice'))
    const state = openKeyState(context)
    assert.throws(
      () => openKeyState(context),
      (error) => error instanceof CourantError && /another process/.test(error.message)
    )
    state.close()
  })

  it('sums a range exactly, without the deleted, whatever the order of writing', () => {
    const entries = fc.uniqueArray(
      fc.record({
        key: fc.string({ maxLength: 3 }),
        hash: fc.option(fc.maxSafeNat().map((n) => n % 2 ** 52)),
        version: fc.constant(1)
      }),
      { selector: (row) => row.key }
    )
    fc.assert(
      fc.property(entries, fc.string({ maxLength: 2 }), (rows, edge) => {
        const state = openKeyState(contextOf(unique('sums')))
        state.apply(rows, '')
        const live = rows.filter((row) => row.hash !== null)
        const inside = live.filter((row) => Buffer.compare(Buffer.from(row.key), Buffer.from(edge)) <= 0)
        const low = state.summary({ after: null, upTo: edge })
        const high = state.summary({ after: edge, upTo: null })
        state.close()
        assert.equal(low.count, inside.length)
        assert.equal(low.count + high.count, live.length)
        const total = live.reduce((sum, row) => sum + BigInt(row.hash ?? 0), 0n)
        const summed = BigInt(low.high + high.high) * 2n ** 26n + BigInt(low.low + high.low)
        assert.equal(summed, total)
      }),
      { numRuns: 30 }
    )
  })

  it('gives a range in pages of any size', () => {
    const state = openKeyState(contextOf(unique('pages')))
    state.apply(
      'abcdefg'.split('').map((key, i) => entry(key, i === 3 ? null : i)),
      ''
    )
    for (const limit of [1, 2, 3, 7, 8]) {
      const pages = [...state.pages({ after: 'a', upTo: 'f' }, limit)]
      assert.equal(
        pages
          .flat()
          .map((row) => row.key)
          .join(''),
        'bcdef'
      )
    }
    state.close()
  })

  it('pages from the empty key on, one at a time', () => {
    const state = openKeyState(contextOf(unique('empty')))
    state.apply([entry('', 1), entry('a', 2)], '')
    const pages = [...state.pages(everything, 1)].flat()
    assert.deepEqual(
      pages.map(({ key }) => key),
      ['', 'a']
    )
    assert.equal(state.summary(everything).count, 2)
    assert.equal(state.summary({ after: '', upTo: null }).count, 1)
    state.close()
  })

  it('pages through missing keys and forgets them', () => {
    const state = openKeyState(contextOf(unique('missing')))
    state.addMissing(['c', 'a', ''])
    state.addMissing(['b', 'a'])
    assert.equal(state.missingCount(), 4)
    assert.deepEqual(state.missing(null, 3), ['', 'a', 'b'], 'the empty key is one')
    assert.deepEqual(state.missing('', 1), ['a'])
    assert.deepEqual(state.missing('b', 2), ['c'])
    state.forgetMissing()
    assert.equal(state.missingCount(), 0)
    state.close()
  })
})
