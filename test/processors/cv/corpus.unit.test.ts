import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { test } from 'node:test'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { corpusFile, corpusFiles, noCorpus } from './corpus-folder.ts'

interface Scores {
  readonly overall: number
  readonly fields: Readonly<Record<string, { readonly f1: number }>>
  readonly docs: readonly { readonly format: string; readonly layout: string; readonly f1: number }[]
}

/** What the parser must keep on documents of strangers, by field. */
const bars: Readonly<Record<string, number>> = {
  name: 0.97,
  email: 0.98,
  phone: 0.98,
  skills: 0.9,
  'exp.title': 0.88,
  'exp.company': 0.88,
  'exp.start_date': 0.92,
  'exp.end_date': 0.92,
  'edu.start_date': 0.92,
  'edu.end_date': 0.92,
  'lang.language': 0.95
}

test('labelled CVs are read as well as the bars say', { skip: noCorpus }, async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'courant-cv-scores-'))
  t.after(() => rmSync(out, { recursive: true, force: true }))
  for (const { name, bytes } of corpusFiles()) {
    const { data } = await readCv(bytes)
    writeFileSync(join(out, `${parse(name).name}.json`), JSON.stringify(data))
  }
  const { overall, fields, docs } = score(out)
  assert.ok(overall >= 0.94, `overall ${overall}`)
  for (const [field, bar] of Object.entries(bars))
    assert.ok((fields[field]?.f1 ?? 0) >= bar, `${field}: ${fields[field]?.f1} is below ${bar}`)
  for (const [format, own] of Object.entries(Object.groupBy(docs, (each) => each.format))) {
    const mean = (own ?? []).reduce((sum, { f1 }) => sum + f1, 0) / (own?.length ?? 1)
    assert.ok(mean >= 0.87, `${format}: ${mean}`)
  }
})

function score(predictions: string): Scores {
  const report = join(predictions, 'scores.txt')
  const options = ['--pred', predictions, '--manifest', corpusFile('manifest.json'), '--null-end-is-present']
  execFileSync(process.execPath, [corpusFile('score.mjs'), ...options, '--json', report], { stdio: 'ignore' })
  return JSON.parse(readFileSync(report, 'utf8')) as Scores
}
