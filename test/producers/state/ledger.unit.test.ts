import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type KeyEntry, openKeyState } from '../../../producers/state/key-state.ts'
import { Ledger } from '../../../producers/state/ledger.ts'
import { changedEntry, deletedEntry } from '../../../producers/state/versions.ts'
import { testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'

const folder = mkdtempSync(join(tmpdir(), 'courant-ledger-'))
after(() => rmSync(folder, { recursive: true }))

/** Hands out entries, some committed, and dies; gives what the next start holds of key `a`. */
function afterCrash(handOuts: readonly KeyEntry[][], commits: number) {
  const context = testContext({ COURANT_STATE_DIR: folder }, unique('crash'))
  const before = new Ledger(openKeyState(context))
  const tokens = handOuts.map((entries, n) => before.handOut(entries, `p${n}`))
  for (const token of tokens.slice(0, commits)) before.commit(token)
  before.state.close()
  const later = new Ledger(openKeyState(context))
  const published = later.published(['a']).get('a')
  later.state.close()
  return published
}

const entry = (hash: number | null, version: number): KeyEntry => ({ key: 'a', hash, version })
const row = (hash: number, proposed: number) => ({ key: 'a', hash, proposed })

describe('a change that was handed out and not committed before a crash', () => {
  it('gets the same version again when the row is still so, and the id of its repeat is the same', () => {
    const unsure = afterCrash([[entry(7, 10)]], 0)
    assert.deepEqual(changedEntry(row(7, 10), unsure), entry(7, 10))
  })

  it('is followed by the delete of a row that was never committed', () => {
    const unsure = afterCrash([[entry(7, 10)]], 0)
    assert.deepEqual(deletedEntry({ key: 'a', proposed: 5 }, unsure), entry(null, 11))
  })

  it('is followed by the row as it was before, when that came back meanwhile', () => {
    const unsure = afterCrash([[entry(1, 5)], [entry(2, 10)]], 1)
    assert.deepEqual(changedEntry(row(1, 5), unsure), entry(1, 11))
  })

  it('is repeated when it was a delete, and followed by the row when that is there', () => {
    const unsure = afterCrash([[entry(1, 5)], [entry(null, 10)]], 1)
    assert.deepEqual(deletedEntry({ key: 'a', proposed: 10 }, unsure), entry(null, 10))
    assert.deepEqual(changedEntry(row(1, 5), unsure), entry(1, 11))
  })

  it('is no news once it is committed', () => {
    const known = afterCrash([[entry(1, 5)], [entry(2, 10)]], 2)
    assert.equal(changedEntry(row(2, 10), known), null)
  })
})
