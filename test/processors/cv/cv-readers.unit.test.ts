import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CvReaders } from '../../../processors/cv/isolation/cv-readers.ts'
import { CvRefused } from '../../../processors/cv/refusal.ts'
import { sampleCv } from './sample-cv.ts'
import { bodyOf, docxOf } from './zip-of.ts'

const refusedWith = (refusal: string) => (error: unknown) =>
  error instanceof CvRefused && error.refusal === refusal

/** Inflates to little less than is allowed: a document that costs more memory than the test gives a process. */
const words = Array.from({ length: 100_000 }, (_, index) => `${index} word by word ${index * 7}`).join(' ')
const heavy = docxOf(bodyOf(words))

test('documents are read side by side, each for itself', async (t) => {
  const readers = new CvReaders({ count: 2 })
  t.after(() => readers.close())
  const names = ['Claire MABIGNATH', 'Bertrand OVONO', 'Sophie DELCOURT']
  const parsed = await Promise.all(
    names.map((name) => readers.parse(Buffer.from(sampleCv.replace('Claire MABIGNATH', name))))
  )
  assert.deepEqual(
    parsed.map(({ data }) => data.personal_info.name),
    names
  )
})

test('a document that takes too long is given up, and the next one is read', async (t) => {
  const readers = new CvReaders({ count: 1 })
  t.after(() => readers.close())
  await assert.rejects(readers.parse(heavy, { deadlineMs: 1 }), refusedWith('CV_TIMEOUT'))
  const { data } = await readers.parse(Buffer.from(sampleCv))
  assert.equal(data.personal_info.name, 'Claire MABIGNATH')
})

test('a document that takes too much memory is given up, and no other', async (t) => {
  const readers = new CvReaders({ count: 1, maxBytes: 1 })
  t.after(() => readers.close())
  await assert.rejects(readers.parse(heavy), refusedWith('CV_CRASHED'))
})

test('what its bytes refuse costs no process', async () => {
  const readers = new CvReaders({ count: 0 })
  assert.throws(() => readers.parse(Buffer.alloc(0)), refusedWith('CV_EMPTY'))
})
