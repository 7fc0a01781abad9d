import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { checkSqlNames, sqlNameOf } from '../../../schemas/erp/sql-names.ts'

describe('SQL-safe names', () => {
  it('need no quotes anywhere', () => {
    assert.equal(sqlNameOf('gencod-v'), 'gencod_v')
    assert.equal(sqlNameOf('1-er'), '_1_er')
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 32 }), (name) => {
        assert.match(sqlNameOf(name), /^[A-Za-z_][A-Za-z0-9_]*$/)
      })
    )
  })

  it('stand for one column each, or are refused by both names', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'B', 'b', '-', '_', '#'),
      minLength: 1,
      maxLength: 3
    })
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), (names) => {
        const columns = names.map((sourceName) => ({ sourceName, sqlName: sqlNameOf(sourceName) }))
        const distinct = new Set(columns.map(({ sqlName }) => sqlName.toLowerCase()))
        if (distinct.size === names.length) checkSqlNames('t', columns)
        else
          assert.throws(() => checkSqlNames('t', columns), {
            code: 'CONFIG_INVALID',
            message: /would both be called/
          })
      })
    )
  })
})
