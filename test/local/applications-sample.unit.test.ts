import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ApplicationRow, applicationRows } from '../../local/sample/applications/generate.ts'
import { pdfOf } from '../../local/sample/applications/pdf.ts'

const size = { seed: 7, applications: 200, endingAt: new Date('2026-11-22T00:00:00Z') }
const rows = [...applicationRows(size)]
const of = (table: ApplicationRow['table']) =>
  rows.filter((row) => row.table === table).map(({ values }) => values)

describe('the sample of job applications', () => {
  it('is the same each time', () => {
    assert.deepEqual([...applicationRows(size)], rows)
  })

  it('has whole applications, of which some lack a profile and some values are flawed', () => {
    assert.equal(of('application').length, 200)
    assert.equal(of('user').length, 200)
    assert.ok(of('candidate_profile').length < 200)
    assert.ok(of('user').some(({ phone }) => phone === '12'))
    assert.ok(of('application_documents').some(({ content }) => !isPdf(content)))
  })

  it('names nobody: addresses are of example.com, and every real-looking number is of one block', () => {
    for (const { email, phone } of of('user')) {
      assert.match(String(email), /example\.com|^nobody@$/)
      assert.match(String(phone), /^(\+241 |0|00241 )74 ?00 ?00 ?\d\d$|^12$|demander|^\+241 999$/)
    }
  })
})

describe('a PDF of the sample', () => {
  it('has a table that says where each object begins', () => {
    const pdf = pdfOf(['Käthe (Ó) \\ Żak', 'J’ai']).toString('latin1')
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1])
    assert.equal(pdf.slice(start, start + 4), 'xref')
    const entries = pdf.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)
    for (const [n, [, at]] of [...entries].entries())
      assert.ok(pdf.startsWith(`${n + 1} 0 obj\n`, Number(at)), `object ${n + 1}`)
    assert.match(pdf, /\(Käthe \\\(Ó\\\) \\\\ \?ak\)/)
  })
})

const isPdf = (content: unknown) => Buffer.isBuffer(content) && content.subarray(0, 5).toString() === '%PDF-'
