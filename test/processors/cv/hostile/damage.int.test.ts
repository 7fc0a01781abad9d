import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import { CvReaders } from '../../../../processors/cv/isolation/cv-readers.ts'
import { CvRefused } from '../../../../processors/cv/refusal.ts'
import { corpusFiles, noCorpus } from '../corpus-folder.ts'
import { pageOf, pdfOf } from '../pdf-of.ts'
import { jpegOf, pngOf, printed } from '../pictures/scan.ts'
import { sampleCv } from '../sample-cv.ts'
import { bodyOf, docxOf } from '../zip-of.ts'

const readers = new CvReaders({ count: 1, deadlineMs: 60_000, tesseract: null })
after(() => readers.close())

/** Read before each damaged document by the same process: nothing of it may come out again. */
const other = sampleCv
  .replaceAll('Claire MABIGNATH', 'Bertrand OVONO')
  .replaceAll('claire.mabignath', 'bertrand.ovono')

const pdf = pdfOf([pageOf(sampleCv)])
const [page] = await printed(pdf, 30)
const doc = noCorpus ? undefined : corpusFiles().find(({ name }) => name.endsWith('.doc'))
const valid: Readonly<Record<string, Buffer>> = {
  txt: Buffer.from(sampleCv),
  'txt of UTF-16': Buffer.from(`\ufeff${sampleCv}`, 'utf16le'),
  rtf: Buffer.from(`{\\rtf1\\ansi ${sampleCv.replaceAll('\n', '\\par\n')}}`, 'latin1'),
  docx: docxOf(bodyOf(...sampleCv.split('\n'))),
  pdf,
  ...(doc && { doc: doc.bytes }),
  ...(page && { png: pngOf(page), jpeg: jpegOf(page) })
}

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bits: fc.integer({ min: 1, max: 255 }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })
})

for (const [format, bytes] of Object.entries(valid))
  test(`a ${format} with a byte flipped or its end cut gives a result of its own, or a refusal`, async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bits, keep }) => {
        const damaged = Buffer.from(bytes)
        const place = Math.floor(at * damaged.length)
        damaged[place] = (damaged[place] as number) ^ bits
        await readers.parse(Buffer.from(other))
        const outcome = await outcomeOf(damaged.subarray(0, Math.floor((keep ?? 1) * damaged.length)))
        assert.ok(!/ovono/i.test(outcome), outcome)
        assert.ok(!/CV_(?:TIMEOUT|CRASHED)/.test(outcome), outcome)
      }),
      { numRuns: 40 }
    )
  })

/** All that comes out of a document, or the code of its refusal. */
async function outcomeOf(bytes: Buffer): Promise<string> {
  try {
    return JSON.stringify(await readers.parse(bytes))
  } catch (error) {
    if (error instanceof CvRefused) return error.refusal
    throw error
  }
}
