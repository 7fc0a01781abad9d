import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sampleCv } from '../../processors/cv/sample-cv.ts'
import { runCourant } from '../../support/run-courant.ts'
import { temporaryFolder } from '../../support/stack.ts'

test('files that differ by their ending alone each keep their result, and a refused one is said', async (t) => {
  const [cvs, out] = [temporaryFolder(t), temporaryFolder(t)]
  for (const name of ['a.txt', 'a.rtf', 'b.txt']) writeFileSync(join(cvs, name), sampleCv)
  writeFileSync(join(cvs, 'c.pdf'), '%PDF-1.7 x')
  const { code, err } = await runCourant(['cv', 'parse', cvs, '--out', out])
  assert.equal(code, 1)
  assert.match(err, /c\.pdf: .*CV_BROKEN/)
  assert.match(err, /3 read, 1 refused/)
  assert.deepEqual(readdirSync(out).sort(), ['a.rtf.json', 'a.txt.json', 'b.json'])
})

test('files of one name in two folders are refused before anything is read', async (t) => {
  const [one, other, out] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)]
  for (const folder of [one, other]) writeFileSync(join(folder, 'cv.txt'), sampleCv)
  const { code, err } = await runCourant(['cv', 'parse', one, other, '--out', out])
  assert.equal(code, 2)
  assert.match(err, /Two files are named cv\.txt/)
  assert.deepEqual(readdirSync(out), [])
})
