import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { csvRecord } from '../../../sinks/lake/csv.ts'

/** The grammar of RFC 4180, read letter by letter; an unquoted empty field is NULL. */
function parse(text: string): (string | null)[][] {
  const records: (string | null)[][] = []
  for (let at = 0; at < text.length; ) {
    const record: (string | null)[] = []
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at) : plain(text, at)
      record.push(field.value)
      at = field.end
      if (text[at] !== ',') break
      at++
    }
    assert.equal(text.slice(at, at + 2), '\r\n')
    at += 2
    records.push(record)
  }
  return records
}

function quoted(text: string, from: number): { value: string; end: number } {
  let value = ''
  for (let at = from + 1; ; at++) {
    if (text[at] !== '"') value += text[at]
    else if (text[at + 1] === '"') value += text[at++]
    else return { value, end: at + 1 }
  }
}

function plain(text: string, from: number): { value: string | null; end: number } {
  const value = /^[^",\r\n]*/.exec(text.slice(from))?.[0] ?? ''
  return { value: value === '' ? null : value, end: from + value.length }
}

describe('CSV', () => {
  it('tells NULL from the empty string', () => {
    assert.equal(csvRecord(['a', null, '', 'b']), 'a,,"",b\r\n')
  })

  it('quotes what would otherwise end a field or a record, and nothing else', () => {
    assert.equal(csvRecord(['a"b', 'c,d', 'e\r\nf', '\n']), '"a""b","c,d","e\r\nf","\n"\r\n')
    assert.equal(csvRecord([' spaces ', '=SUM(A1)', "it's", 'ä😀']), " spaces ,=SUM(A1),it's,ä😀\r\n")
  })

  it('gives any text back', () => {
    const letter = fc.constantFrom('"', ',', '\r', '\n', 'a', ' ', '😀', '\t', '\\')
    const cell = fc.option(fc.oneof(fc.string({ unit: letter, maxLength: 6 }), fc.string()), { nil: null })
    const record = fc.array(cell, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (records) => {
        assert.deepEqual(parse(records.map(csvRecord).join('')), records)
      })
    )
  })
})
