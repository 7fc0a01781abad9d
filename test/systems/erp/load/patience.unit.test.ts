import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Patience } from '../../../../systems/erp/load/patience.ts'

describe('patience with servers', () => {
  it('ends with the error once one thing has waited too long, and begins anew when it goes on', () => {
    let nowMs = 0
    const patience = new Patience(1000, () => nowMs)
    const error = new Error('no answer')
    patience.note('source', error)
    nowMs = 900
    patience.note('source', error)
    assert.ok(patience.isWaiting)
    patience.note('source', null)
    assert.ok(!patience.isWaiting)
    nowMs = 1500
    patience.note('source', error)
    patience.note('ods', error)
    nowMs = 2400
    patience.note('source', error)
    nowMs = 2500
    assert.throws(() => patience.note('source', error), error)
  })
})
