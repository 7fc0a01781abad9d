import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { historyProblems, type Version } from './ods-history.ts'

const first: Version = {
  key: 'a',
  hash: '1',
  validFrom: '2026-01-01',
  validTo: '2026-01-02',
  isCurrent: false,
  isDeleted: false
}
const second: Version = { ...first, hash: '2', validFrom: '2026-01-02', validTo: null, isCurrent: true }

describe('the checker of histories', () => {
  it('finds nothing wrong with versions that follow each other, deleted and come back included', () => {
    const gone = { ...second, hash: '2', validTo: '2026-01-03', isCurrent: false }
    const deleted = { ...gone, validFrom: '2026-01-03', validTo: '2026-01-04', isDeleted: true }
    const back = { ...second, validFrom: '2026-01-04' }
    assert.deepEqual(historyProblems([second, first]), [])
    assert.deepEqual(historyProblems([first, gone, deleted, back]), [])
  })

  it('finds each planted fault', () => {
    const faults: Readonly<Record<string, readonly Version[]>> = {
      'a gap between versions': [{ ...first, validTo: '2026-01-01T12' }, second],
      'versions overlap': [{ ...first, validTo: '2026-01-03' }, second],
      'a version without a change': [first, { ...second, hash: '1' }],
      '2 current versions': [{ ...first, isCurrent: true }, second],
      '0 current versions': [first],
      'the newest version is not the current one': [first],
      'valid_to and is_current disagree': [first, { ...second, isCurrent: false }]
    }
    for (const [fault, versions] of Object.entries(faults))
      assert.ok(historyProblems(versions).includes(`a: ${fault}`), fault)
  })
})
