import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CsvRows, csvLine } from '../../../../sinks/ods/cache/csv-line.ts'

const cell = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', '\\N', '"', '""', ',', '\n', '\r\n', 'a"b,c\nd')
  )
)
const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 8 })

test('rows are read as they were written, wherever the text is cut', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), (written, size) => {
      const text = written.map(csvLine).join('')
      const reader = new CsvRows()
      const read = []
      for (let at = 0; at < text.length; at += size) read.push(...reader.add(text.slice(at, at + size)))
      assert.deepEqual(read, written)
    })
  )
})
