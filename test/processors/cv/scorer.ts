import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDocument } from '../../../processors/cv/document/read.ts'
import { fieldOf } from '../../../processors/cv/fields/calibration.ts'
import type { CvData } from '../../../processors/cv/fields/data.ts'
import type { Evidence } from '../../../processors/cv/fields/evidence.ts'
import { fieldsOf } from '../../../processors/cv/fields/fields.ts'
import { identify } from '../../../processors/cv/identify.ts'
import { corpusFile } from './corpus-folder.ts'

/** A document of a labelled corpus, as its manifest has it. */
export interface LabelledCase {
  readonly id: string
  readonly file: string
  readonly gt: string
  readonly format: string
  readonly lang: string
  readonly layout: string
  /** `dev`, or `test` for what is set aside; the public corpus has neither. */
  readonly set?: string
}

type Rates = { readonly p: number | null; readonly r: number | null; readonly f1: number | null }

export interface Scores {
  readonly overall: number
  readonly fields: Readonly<Record<string, Rates>>
  readonly docs: readonly (LabelledCase & { readonly f1: number })[]
}

/** The documents of a labelled folder, all or those of one set. */
export function casesOf(folder: string, set?: string): LabelledCase[] {
  const { cases } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    cases: LabelledCase[]
  }
  return cases.filter((each) => set === undefined || each.set === set)
}

/** Scores what was read of some documents of a folder. */
export function scoresOf(folder: string, cases: readonly LabelledCase[], predictions: string): Scores {
  // The scorer goes by the manifest beside the labels.
  const manifest = join(folder, `manifest-${process.pid}.json`)
  writeFileSync(manifest, JSON.stringify({ version: 1, cases }))
  const report = join(predictions, 'scores.txt')
  const options = ['--pred', predictions, '--manifest', manifest, '--null-end-is-present', '--json', report]
  execFileSync(process.execPath, [corpusFile('score.mjs'), ...options], { stdio: 'ignore' })
  return JSON.parse(readFileSync(report, 'utf8')) as Scores
}

/** What the rules say of a document, with their own confidence. */
export async function ruled(folder: string, each: LabelledCase) {
  const bytes = readFileSync(join(folder, each.file))
  return fieldsOf(await readDocument(bytes, identify(bytes)))
}

/** Reads documents and writes what was found for the scorer. */
export async function predict(
  folder: string,
  cases: readonly LabelledCase[],
  predictions: string
): Promise<void> {
  mkdirSync(predictions, { recursive: true })
  for (const each of cases) {
    const { data } = await ruled(folder, each)
    writeFileSync(join(predictions, `${each.id}.json`), JSON.stringify(data))
  }
}

/** A value that was stated, how sure it was, and whether it is right. */
export interface Judged {
  readonly field: string
  readonly confidence: number
  readonly isRight: boolean
}

interface Scorer {
  readonly scoreDoc: (truth: object, prediction: object) => Readonly<Record<string, { readonly tp: number }>>
}

const scored: Readonly<Record<string, string>> = { experience: 'exp', education: 'edu', languages: 'lang' }

/** Judges each value that has evidence by scoring a document that has this value, or its entry, alone. */
export async function judged(
  folder: string,
  each: LabelledCase,
  found: { readonly data: CvData; readonly evidence: readonly Evidence[] }
): Promise<Judged[]> {
  const { scoreDoc } = (await import(corpusFile('score.mjs'))) as Scorer
  const truth = JSON.parse(readFileSync(join(folder, each.gt), 'utf8')) as object
  return found.evidence.flatMap(({ field, confidence }) => {
    const alone = aloneOf(found.data, field)
    if (alone === null) return []
    const right = scoreDoc(truth, alone.data)[alone.field]?.tp
    if (right === undefined) return []
    return [{ field: fieldOf(field), confidence, isRight: right >= 0.5 }]
  })
}

function aloneOf(data: CvData, path: string): { data: object; field: string } | null {
  const [, list = '', index = '', key = ''] = path.match(/^(\w+)(?:\[(\d+)\])?(?:\.(\w+))?$/) ?? []
  if (list === 'personal_info')
    return { data: { personal_info: { [key]: data.personal_info[key as 'name'] } }, field: key }
  const entry = (data as unknown as Record<string, unknown[]>)[list]?.[Number(index)]
  if (entry === undefined) return null
  const field = list === 'skills' ? 'skills' : `${scored[list]}.${key}`
  return { data: { [list]: [entry] }, field }
}
