import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The labelled CVs that tests measure on: a folder beside the checkout, or where `COURANT_TEST_CV_CORPUS` says. */
const folder =
  process.env['COURANT_TEST_CV_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/cv-corpus')

/** The reason to skip a test that needs them, or false. */
export const noCorpus = existsSync(join(folder, 'manifest.json'))
  ? false
  : 'the folder of labelled CVs is not there (COURANT_TEST_CV_CORPUS)'

export const corpusFile = (name: string) => join(folder, name)

export interface CorpusFile {
  readonly name: string
  readonly bytes: Buffer
}

/** The documents, in the order of their names. */
export function corpusFiles(): CorpusFile[] {
  return readdirSync(corpusFile('files'))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, 'files', name)) }))
}
