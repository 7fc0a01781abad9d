import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, parse, relative } from 'node:path'
import { test } from 'node:test'
import { recogniserOf } from '../../../../processors/cv/ocr/tesseract.ts'
import { readCv } from '../../../../processors/cv/read-cv.ts'
import { temporaryFolder } from '../../../support/stack.ts'
import { corpusFile, corpusFiles, noCorpus } from '../corpus-folder.ts'
import { picturesPdf, printed, scanned } from './scan.ts'
import { noTesseract, tesseract } from './tesseract.ts'

interface Case {
  readonly id: string
  readonly gt: string
}

/** Every fourteenth, as reading a page takes seconds; all 41 reach 0.87. */
const every = 14
const dpi = 200

test('labelled PDFs that were printed and scanned are read', { skip: noCorpus || noTesseract }, async (t) => {
  const out = temporaryFolder(t)
  const files = corpusFiles()
    .filter(({ name }) => name.endsWith('.pdf'))
    .filter((_, index) => index % every === 0)
  for (const [seed, { name, bytes }] of files.entries()) {
    const pages = (await printed(bytes, dpi)).map((page) => scanned(page, seed))
    const { data, warnings } = await readCv(picturesPdf(pages, dpi), name, recogniserOf(tesseract))
    assert.ok(warnings.includes('ocr'), name)
    writeFileSync(join(out, `${parse(name).name}.json`), JSON.stringify(data))
  }
  const overall = score(out, new Set(files.map(({ name }) => parse(name).name)))
  assert.ok(overall >= 0.75, `overall ${overall}`)
})

/** The mean of the field F1s of some documents. */
function score(out: string, ids: ReadonlySet<string>): number {
  const manifest = JSON.parse(readFileSync(corpusFile('manifest.json'), 'utf8')) as { cases: Case[] }
  const folder = dirname(corpusFile('manifest.json'))
  const cases = manifest.cases
    .filter(({ id }) => ids.has(id))
    .map((each) => ({ ...each, gt: relative(out, join(folder, each.gt)) }))
  const [own, report] = [join(out, 'manifest.list'), join(out, 'scores.txt')]
  writeFileSync(own, JSON.stringify({ ...manifest, cases }))
  const options = ['--pred', out, '--manifest', own, '--null-end-is-present', '--json', report]
  execFileSync(process.execPath, [corpusFile('score.mjs'), ...options], { stdio: 'ignore' })
  return (JSON.parse(readFileSync(report, 'utf8')) as { overall: number }).overall
}
