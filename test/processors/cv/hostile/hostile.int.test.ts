import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, test } from 'node:test'
import { CvReaders } from '../../../../processors/cv/isolation/cv-readers.ts'
import { CvRefused } from '../../../../processors/cv/refusal.ts'
import { sampleCv } from '../sample-cv.ts'
import { hostileDocuments } from './documents.ts'

const readers = new CvReaders({ count: 1, deadlineMs: 60_000, tesseract: null })
after(() => readers.close())

for (const { what, bytes, refusal } of hostileDocuments())
  test(`${what} ends as a refusal or a safe result, and the next one is read`, async () => {
    const outcome = await new Promise<string | null>((resolve, reject) => {
      Promise.resolve()
        .then(() => readers.parse(bytes))
        .then(
          () => resolve(null),
          (error: unknown) => (error instanceof CvRefused ? resolve(error.refusal) : reject(error))
        )
    })
    if (refusal !== null) assert.equal(outcome, refusal)
    assert.notEqual(outcome, 'CV_TIMEOUT')
    const { data } = await readers.parse(Buffer.from(sampleCv))
    assert.equal(data.personal_info.email, 'claire.mabignath@example.com')
    assert.ok(!existsSync('/tmp/courant-was-here'))
  })
