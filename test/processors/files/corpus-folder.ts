import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Real files that tests measure on: a folder beside the checkout, or where `COURANT_TEST_LAKE_CORPUS` says. */
const folder =
  process.env['COURANT_TEST_LAKE_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/lake-corpus')

/** The reason to skip a test that needs them, or false. */
export const noCorpus = existsSync(join(folder, 'manifest.json'))
  ? false
  : 'the folder of real files is not there (COURANT_TEST_LAKE_CORPUS)'

export const corpusPath = (name: string): string => join(folder, name)

export interface KnownFile {
  readonly id: string
  readonly theme: string
  readonly file: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly truth?: {
    readonly encoding: string
    readonly delimiter: string
    readonly header_row_0based: number
    readonly columns: number
    readonly data_rows: number
    readonly column_types: Readonly<Record<string, 'int' | 'float' | 'code' | 'date' | 'text'>>
  }
}

/** The files with what is known of them. */
export const knownFiles = (): readonly KnownFile[] =>
  (JSON.parse(readFileSync(corpusPath('manifest.json'), 'utf8')) as { files: KnownFile[] }).files
