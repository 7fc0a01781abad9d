import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { CvRefused } from '../../../processors/cv/refusal.ts'
import { sampleCv } from './sample-cv.ts'
import { bodyOf, docxOf, zipOf } from './zip-of.ts'

const compound = (stream: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1_024), Buffer.from(stream, 'utf16le')])

const refused: readonly (readonly [string, Buffer, string])[] = [
  ['an empty file', Buffer.alloc(0), 'CV_EMPTY'],
  ['a file over 10,485,760 bytes', Buffer.alloc(10_485_761, 'a'), 'CV_TOO_LARGE'],
  ['a picture that is cut', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'CV_BROKEN'],
  ['a picture of a kind that is not read', Buffer.from('474946383961000000000000', 'hex'), 'CV_WRONG_TYPE'],
  ['a program', Buffer.from('7f454c4602010100', 'hex'), 'CV_WRONG_TYPE'],
  ['a PDF that is cut behind its first line', Buffer.from('%PDF-1.7\n'), 'CV_BROKEN'],
  ['a ZIP that is no document', zipOf([{ name: 'a.txt', content: Buffer.from('a') }]), 'CV_WRONG_TYPE'],
  ['a ZIP that is cut', docxOf(bodyOf(sampleCv)).subarray(0, 200), 'CV_BROKEN'],
  ['a DOCX with an entity', docxOf('<!DOCTYPE a [<!ENTITY b "c">]><w:document/>'), 'CV_EXTERNAL_ENTITIES'],
  [
    'a DOCX with macros',
    docxOf(bodyOf(sampleCv), [{ name: 'word/vbaProject.bin', content: Buffer.from('x') }]),
    'CV_MACROS'
  ],
  ['a DOCX that inflates without end', docxOf(Buffer.alloc(60 * 1024 * 1024, 32)), 'CV_BOMB'],
  [
    'a DOCX that lies about its size',
    zipOf([{ name: 'word/document.xml', content: Buffer.alloc(20 * 1024 * 1024, 32), declared: 40_000 }]),
    'CV_BROKEN'
  ],
  [
    'a DOCX of very many entries',
    zipOf(
      Array.from({ length: 2_100 }, (_, index) => ({ name: `word/${index}.xml`, content: Buffer.from('') }))
    ),
    'CV_BOMB'
  ],
  ['a DOCX that nests without end', docxOf('<w:p>'.repeat(100_000)), 'CV_BOMB'],
  ['a DOCX that is encrypted', compound('EncryptedPackage'), 'CV_ENCRYPTED'],
  ['a table of Excel 97', compound('Workbook'), 'CV_WRONG_TYPE'],
  ['a DOC with macros', compound('WordDocument_VBA_PROJECT'), 'CV_MACROS'],
  ['an RTF that nests without end', Buffer.from(`{\\rtf1 ${'{'.repeat(100_000)}`), 'CV_BOMB'],
  ['a text of blanks', Buffer.from(' '.repeat(5_000)), 'CV_NO_TEXT']
]

for (const [what, bytes, refusal] of refused)
  test(`${what} is refused: ${refusal}`, async () => {
    await assert.rejects(readCv(bytes), (error) => error instanceof CvRefused && error.refusal === refusal)
  })

test('an encrypted PDF is refused in the words that clients know', () => {
  const sentence = new CvRefused('CV_ENCRYPTED').sentence('fr')
  assert.equal(sentence, 'Document PDF corrompu ou protégé par mot de passe')
})
