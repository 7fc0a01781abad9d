import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { CvRefused } from '../../../processors/cv/refusal.ts'
import { corpusFiles, noCorpus } from './corpus-folder.ts'
import { sampleCv } from './sample-cv.ts'
import { bodyOf, docxOf } from './zip-of.ts'

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  byte: fc.integer({ min: 0, max: 255 }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })
})

/** A byte changed, and the end cut away where `keep` says. */
function damaged(
  bytes: Buffer,
  { at, byte, keep }: { at: number; byte: number; keep: number | null }
): Buffer {
  const copy = Buffer.from(bytes)
  copy[Math.floor(at * copy.length)] = byte
  return keep === null ? copy : copy.subarray(0, Math.floor(keep * copy.length))
}

/** A result or a refusal, and never the name of a person that the document is not of. */
async function holds(bytes: Buffer): Promise<void> {
  try {
    const { data } = await readCv(bytes)
    assert.ok(Array.isArray(data.experience))
  } catch (error) {
    if (!(error instanceof CvRefused)) throw error
  }
}

const made: Readonly<Record<string, Buffer>> = {
  txt: Buffer.from(sampleCv),
  docx: docxOf(bodyOf(...sampleCv.split('\n'))),
  rtf: Buffer.from(`{\\rtf1\\ansi ${sampleCv.replaceAll('\n', '\\par\n')}}`, 'latin1')
}

for (const [format, bytes] of Object.entries(made))
  test(`a damaged ${format} gives a result or a refusal`, async () => {
    await fc.assert(
      fc.asyncProperty(damage, (how) => holds(damaged(bytes, how))),
      { numRuns: 150 }
    )
  })

test('damaged documents of every format give a result or a refusal', { skip: noCorpus }, async () => {
  const small = corpusFiles().filter(({ bytes }) => bytes.length < 60_000)
  const byFormat = Object.values(Object.groupBy(small, ({ name }) => name.split('.').at(-1) ?? ''))
  const file = fc.constantFrom(...byFormat.flatMap((files) => (files ?? []).slice(0, 2)))
  await fc.assert(
    fc.asyncProperty(file, damage, ({ bytes }, how) => holds(damaged(bytes, how))),
    { numRuns: 120 }
  )
})
