import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { checkObjectName } from '../../../runtime/object-store/object-store.ts'
import { documentBlobNames, jsonBlobName } from '../../../schemas/applications/blob-names.ts'
import { claimedApplication, claimedDocument, uuidOf } from '../../support/applications.ts'

const folder = `applications/ingestion_date=2026-11-21/documents/${uuidOf(1)}`

const namesOf = (...filenames: readonly (string | null)[]) =>
  documentBlobNames(
    claimedApplication(1, () => ({
      documents: filenames.map((filename, n) => ({ ...claimedDocument('cv', 'x', `content ${n}`), filename }))
    }))
  ).map((name) => name.slice(folder.length + 1))

describe('names of blobs', () => {
  it('are those that readers have always known', () => {
    assert.equal(
      jsonBlobName(claimedApplication(1)),
      `applications/ingestion_date=2026-11-21/json/${uuidOf(1)}.json`
    )
    const [name] = documentBlobNames(
      claimedApplication(1, () => ({ documents: [claimedDocument('diplome', 'master 2010.pdf', 'x')] }))
    )
    assert.equal(name, `${folder}/diplome_master 2010.pdf`)
  })

  it('do not say who applies', () => {
    assert.deepEqual(namesOf('CV Marie Ondo.pdf'), ['cv_CV x x.pdf'])
    assert.deepEqual(namesOf('ONDO-marie_therese (2).pdf'), ['cv_x-x_x (2).pdf'])
    assert.deepEqual(namesOf('cv.MarieOndo.pdf'), ['cv_cv.x.pdf'])
    assert.deepEqual(namesOf('marie.ondo@example.com 074000007.pdf'), ['cv_x.x_example.com x.pdf'])
    assert.deepEqual(namesOf('778899.pdf'), ['cv_x.pdf'])
  })

  it('have nothing in them that means something elsewhere', () => {
    assert.deepEqual(namesOf('../../etc/passwd'), ['cv_passwd.pdf'])
    assert.deepEqual(namesOf(String.raw`C:\dossier\lettre.PDF`), ['cv_lettre.pdf'])
    assert.deepEqual(namesOf('re\u0301sume\u0301.pdf.pdf'), ['cv_résumé.pdf'])
    assert.deepEqual(namesOf('a\u202Eb\u0000c?d*e.pdf'), ['cv_a_b_c_d_e.pdf'])
    assert.deepEqual(namesOf(null), ['cv_document.pdf'])
    assert.deepEqual(namesOf('.pdf'), ['cv_document.pdf'])
  })

  it('tell different documents with one name apart, whatever their order', () => {
    const [a, b, c] = namesOf('a.pdf', 'A.pdf', 'b.pdf')
    assert.match(a ?? '', /^cv_a~[0-9a-f]{16}\.pdf$/)
    assert.match(b ?? '', /^cv_A~[0-9a-f]{16}\.pdf$/)
    assert.equal(c, 'cv_b.pdf')
    const same = claimedDocument('cv', 'a.pdf', 'content')
    const [one, other] = documentBlobNames(claimedApplication(1, () => ({ documents: [same, same] })))
    assert.equal(one, other)
  })

  it('are good for every store, and different for different contents, whatever files are called', () => {
    const filename = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', minLength: 90 }),
      fc.constantFrom('a', 'A~b')
    )
    fc.assert(
      fc.property(fc.array(filename, { minLength: 1, maxLength: 6 }), (filenames) => {
        const names = namesOf(...filenames)
        for (const name of names) checkObjectName(`${folder}/${name}`)
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length)
      })
    )
  })
})
