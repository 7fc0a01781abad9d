import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deletesAllowed, mayDelete } from '../../../runtime/files/delete-guard.ts'
import type { Environment } from '../../../runtime/settings.ts'
import { testContext } from '../../support/context.ts'

const may = (missing: number, live: number, env: Environment = {}) =>
  mayDelete(testContext(env), { missing, live, allowed: deletesAllowed })

describe('the delete guard', () => {
  it('lets a few rows go whatever their share', () => {
    assert.equal(may(20, 20), true)
    assert.equal(may(21, 21), false)
  })

  it('refuses that a table of some hundred rows is emptied', () => {
    assert.equal(may(900, 900), false)
  })

  it('lets many rows go when they are a small share', () => {
    assert.equal(may(200, 1000), true)
    assert.equal(may(201, 1000), false)
  })

  it('goes by its settings', () => {
    assert.equal(may(900, 900, { COURANT_DELETES_ALLOWED: '900' }), true)
    assert.equal(may(1, 1, { COURANT_DELETES_ALLOWED: '0' }), false)
    assert.equal(may(900, 900, { COURANT_MAX_DELETE_SHARE: '1' }), true)
    assert.equal(may(900, 900, { COURANT_CONFIRM_DELETES: 'other, test' }), true)
  })
})
