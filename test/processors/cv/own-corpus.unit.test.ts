import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { calibrated } from '../../../processors/cv/fields/calibration.ts'
import { cases, render } from './corpus/render.ts'
import { noCorpus } from './corpus-folder.ts'
import { casesOf, judged, predict, ruled, scoresOf } from './scorer.ts'

/** Documents of producers that are part of the tests; the bench has those of all. */
const here = cases().filter(({ layout }) => ['hand', 'docx', 'pdfkit'].includes(layout.producer))

test('the corpus has the persons, layouts and producers that it is said to have, and its parts share none', () => {
  const all = cases()
  assert.ok(all.length >= 120)
  assert.ok(new Set(all.map(({ person }) => person.id)).size >= 25)
  assert.ok(new Set(all.map(({ layout }) => layout.name)).size >= 25)
  assert.ok(all.every(({ person, layout }) => person.set === layout.set))
})

test('CVs of invented persons are read, those set aside too', { skip: noCorpus }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'courant-own-cvs-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await render(folder, here)
  const bars = { dev: 0.93, test: 0.85 }
  for (const [set, bar] of Object.entries(bars)) {
    const own = casesOf(folder, set)
    const predictions = join(folder, `read-${set}`)
    await predict(folder, own, predictions)
    const { overall } = scoresOf(folder, own, predictions)
    assert.ok(overall >= bar, `${set}: ${overall} is below ${bar}`)
  }
  await confidenceHolds(folder)
})

/** Of what is stated at 0.9 or more, nine in ten are right, in documents that the table was not made of. */
async function confidenceHolds(folder: string): Promise<void> {
  let [right, all] = [0, 0]
  for (const each of casesOf(folder, 'test')) {
    const found = await ruled(folder, each)
    const values = await judged(folder, each, { ...found, evidence: calibrated(found.evidence) })
    const sure = values.filter(({ confidence }) => confidence >= 0.9)
    all += sure.length
    right += sure.filter(({ isRight }) => isRight).length
  }
  assert.ok(all > 100 && right / all >= 0.9, `${right} of ${all} values at 0.9 or more are right`)
}
