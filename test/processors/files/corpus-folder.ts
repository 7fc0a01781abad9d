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
export interface DamagedFile {
  readonly file: string
  readonly theme: string
  readonly damage: string
  readonly expect: {
    readonly verdict: string
    readonly findings: readonly {
      readonly code: string
      readonly line?: number
      readonly column?: string
      readonly count?: number
      readonly values?: readonly string[]
      readonly suggestion?: string
    }[]
    readonly good_rows?: number
    readonly rejected_rows?: number
  }
}

/** The damaged files with what is to be found in each. */
export const damagedFiles = (): readonly DamagedFile[] =>
  JSON.parse(readFileSync(corpusPath('damaged/expected.json'), 'utf8')) as DamagedFile[]
