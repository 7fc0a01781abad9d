import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { CvReaders } from '../../../../processors/cv/isolation/cv-readers.ts'
import { recogniserOf } from '../../../../processors/cv/ocr/tesseract.ts'
import { type ParsedCv, readCv } from '../../../../processors/cv/read-cv.ts'
import { CvRefused } from '../../../../processors/cv/refusal.ts'
import { pageOf, pdfOf, shown } from '../pdf-of.ts'
import { sampleCv } from '../sample-cv.ts'
import { jpegOf, type Picture, picturesPdf, pngOf, printed, scanned, turnedLeft } from './scan.ts'
import { noTesseract, tesseract } from './tesseract.ts'

const skip = noTesseract
const refusedWith = (refusal: string) => (error: unknown) =>
  error instanceof CvRefused && error.refusal === refusal

let scan: Picture
before(async () => {
  const [page] = await printed(pdfOf([pageOf(sampleCv)]), 150)
  scan = scanned(page as Picture, 1)
})

function assertSample({ data, warnings, evidence }: ParsedCv): void {
  const { name, email, phone } = data.personal_info
  assert.deepEqual([name, email, phone], ['Claire MABIGNATH', 'claire.mabignath@example.com', '+33639981207'])
  assert.deepEqual(
    data.experience.map(({ company, start_date, end_date }) => [company, start_date, end_date]),
    [
      ['CHU de Nantes', '2018-09', null],
      ['Clinique Jules Verne', '2014-10', '2018-08']
    ]
  )
  assert.deepEqual(warnings, ['ocr'])
  assert.ok(evidence.length > 10)
  for (const { ocr, confidence } of evidence) assert.ok(ocr && confidence < 0.9)
}

test('a scan is read, twice to the same bytes, beside a text', { skip }, async (t) => {
  const readers = new CvReaders({ count: 2, tesseract })
  t.after(() => readers.close())
  const bytes = picturesPdf([scan], 150)
  const [first, second, text] = await Promise.all([
    readers.parse(bytes),
    readers.parse(bytes),
    readers.parse(Buffer.from(sampleCv))
  ])
  assertSample(first)
  assert.equal(JSON.stringify(first), JSON.stringify(second))
  assert.deepEqual(text.warnings, [])
})

test('a photograph that a camera took upright is read upright', { skip }, async () => {
  const bytes = jpegOf(turnedLeft(scan), { orientation: 6 })
  const parsed = await readCv(bytes, 'cv.jpg', recogniserOf(tesseract))
  assert.equal(parsed.document.type, 'jpeg')
  assertSample(parsed)
})

test('a picture of its own, not in a document, is read', { skip }, async () => {
  const bytes = pngOf(scan)
  const parsed = await readCv(bytes, 'cv.png', recogniserOf(tesseract))
  assert.equal(parsed.document.type, 'png')
  assertSample(parsed)
})

test('without Tesseract a picture is refused, saying what to install', async (t) => {
  const readers = new CvReaders({ count: 1, tesseract: null })
  t.after(() => readers.close())
  for (const bytes of [picturesPdf([scan], 150), jpegOf(scan), pngOf(scan)])
    await assert.rejects(readers.parse(bytes), refusedWith('CV_PICTURE'))
  for (const language of ['fr', 'en'] as const)
    assert.match(new CvRefused('CV_PICTURE').sentence(language), /tesseract-ocr-fra/)
})

test('without Tesseract a page that is a picture is passed over and said, the others are read', async (t) => {
  const readers = new CvReaders({ count: 1, tesseract: null })
  t.after(() => readers.close())
  const box = '0.9 g 0 0 595 842 re f\n'
  const boxes = Array.from({ length: 80 }, () => box).join('')
  const { data, warnings } = await readers.parse(pdfOf([pageOf(sampleCv), `${boxes}0 g ${shown('scan')}`]))
  assert.equal(data.personal_info.name, 'Claire MABIGNATH')
  assert.deepEqual(warnings, ['picture_not_read'])
})

test('a picture that takes too long is given up with all that reads it, and the next is read', {
  skip
}, async (t) => {
  const readers = new CvReaders({ count: 1, tesseract, picturesDeadlineMs: 200 })
  t.after(() => readers.close())
  await assert.rejects(readers.parse(pngOf(scan)), refusedWith('CV_TIMEOUT'))
  const { data } = await readers.parse(Buffer.from(sampleCv))
  assert.equal(data.personal_info.name, 'Claire MABIGNATH')
})
