import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { fetchSizeFor } from '../../../producers/progress/fetch-size.ts'

const columns = (count: number, columnSize: number) =>
  Array.from({ length: count }, () => ({ name: 'c', dataTypeName: 'SQL_VARCHAR', columnSize }))
const blockBytes = 50_000_000

describe('the rows of one fetch', () => {
  it('are 100 to 250 at 300 columns as an ERP has them', () => {
    assert.equal(fetchSizeFor(columns(300, 30), blockBytes), 250)
    assert.equal(fetchSizeFor(columns(300, 400), blockBytes), 103)
  })

  it('are at least one, and their buffers stay within the bytes', () => {
    const width = fc.integer({ min: 0, max: 40_000 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), width, (count, columnSize) => {
        const rows = fetchSizeFor(columns(count, columnSize), blockBytes)
        assert.ok(rows >= 1 && rows <= 1000)
        if (rows > 1) assert.ok(rows * count * columnSize * 4 <= blockBytes)
      })
    )
  })
})
