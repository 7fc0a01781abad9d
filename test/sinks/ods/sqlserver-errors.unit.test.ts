import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serverErrorOf } from '../../../sinks/ods/sqlserver/server-errors.ts'
import { translateError } from '../../../sinks/ods/sqlserver/translate-error.ts'

/** What the statements of a load, and a login before them, can be answered with. */
const foreseen = {
  transient: [1205, 1222, 701, 8645, 17142, 18401, 40613, 922, 3960],
  full: [1105, 9002],
  server: [208, 229, 262, 916, 4060, 18456, 18452, 18486, 3906, 823, 40615],
  run: [
    511, 1702, 1902, 4922, 5074, 4815, 1505, 2627, 8672, 8114, 8152, 2628, 241, 1911, 207, 1934, 4712, 547,
    1946
  ]
}

describe('errors of SQL Server', () => {
  for (const [kind, numbers] of Object.entries(foreseen))
    it(`are ${kind}, each with advice`, () => {
      for (const number of numbers) {
        assert.equal(serverErrorOf(number).kind, kind, String(number))
        assert.doesNotMatch(serverErrorOf(number).advice, /no advice/)
      }
    })

  it('that nobody foresaw hold up one run, and say where their words are', () => {
    const error = translateError(Object.assign(new Error('secret'), { number: 31234 }), 'try') as Error
    assert.match(error.message, /31234.*sys\.messages/)
    assert.doesNotMatch(error.message, /secret/)
  })
})
