import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isExplained } from '../../../producers/progress/reconcile.ts'

describe('how many rows a run read', () => {
  it('is explained by what changed meanwhile, also below or above every count', () => {
    assert.ok(isExplained(3041, [3104, 3065, 3060]))
    assert.ok(isExplained(3150, [3104, 3065, 3060]))
  })

  it('is not where the table stood still, nor far beyond what changes', () => {
    assert.ok(!isExplained(2999, [3000, 3000, 3000]))
    assert.ok(!isExplained(1500, [3000, 3001, 3001]))
  })
})
