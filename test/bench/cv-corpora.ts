import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { calibrated } from '../../processors/cv/fields/calibration.ts'
import { corpusFile } from '../processors/cv/corpus-folder.ts'
import {
  casesOf,
  type Judged,
  judged,
  type LabelledCase,
  predict,
  ruled,
  type Scores,
  scoresOf
} from '../processors/cv/scorer.ts'
import type { Table } from './markdown-table.ts'

/** Labelled documents that are scored together. */
export interface Corpus {
  readonly name: string
  readonly folder: string
  readonly cases: readonly LabelledCase[]
}

/** The public CVs, and both parts of our own as they were rendered into a folder. */
export function corporaOf(own: string): Corpus[] {
  const shared = corpusFile('')
  return [
    { name: 'public', folder: shared, cases: casesOf(shared) },
    { name: 'development', folder: own, cases: casesOf(own, 'dev') },
    { name: 'set aside', folder: own, cases: casesOf(own, 'test') }
  ]
}

export async function scored({ folder, cases }: Corpus, predictions: string): Promise<Scores> {
  await predict(folder, cases, predictions)
  return scoresOf(folder, cases, predictions)
}

const shown = (number: number | null) => (number === null ? '–' : number.toFixed(3))

/** Precision, recall and F1 of each field, a column for each corpus. */
export function fieldTable(names: readonly string[], scores: readonly Scores[]): Table {
  const fields = Object.keys(scores[0]?.fields ?? {})
  return {
    caption: 'By field: precision / recall / F1',
    rows: fields.map((field) => ({
      field,
      ...Object.fromEntries(
        names.map((name, at) => {
          const { p = null, r = null, f1 = null } = scores[at]?.fields[field] ?? {}
          return [name, f1 === null ? '–' : `${shown(p)} / ${shown(r)} / ${shown(f1)}`]
        })
      )
    }))
  }
}

/** The mean over documents of a kind, each corpus by itself. */
export function kindTable(
  kind: 'format' | 'lang' | 'layout',
  names: readonly string[],
  scores: readonly Scores[]
): Table {
  const rows = scores.flatMap(({ docs }, at) =>
    [...Map.groupBy(docs, (doc) => doc[kind])].map(([value, own]) => ({
      corpus: names[at] ?? '',
      [kind]: value,
      documents: String(own.length),
      F1: (own.reduce((sum, { f1 }) => sum + f1, 0) / own.length).toFixed(3)
    }))
  )
  return {
    caption: `By ${kind}`,
    rows: rows.toSorted((a, b) => a.corpus.localeCompare(b.corpus) || a.F1.localeCompare(b.F1))
  }
}

const buckets = [0.9, 0.8, 0.6, 0] as const

/** Of the values that were stated with some confidence, how many were right. */
export async function confidenceTables(
  corpora: readonly Corpus[]
): Promise<{ tables: Table[]; verdicts: string[] }> {
  const all = await Promise.all(
    corpora.map(async (corpus) => ({ name: corpus.name, values: await judgedOf(corpus) }))
  )
  const tables = all.map(({ name, values }) => ({
    caption: `Stated confidence → share that is right (values), ${name}`,
    rows: [
      ...Map.groupBy([...values, ...values.map((each) => ({ ...each, field: 'all' }))], ({ field }) => field)
    ].map(([field, own]) => ({
      field,
      ...Object.fromEntries(buckets.map((from, at) => [label(at), shareOf(own, from, buckets[at - 1])]))
    }))
  }))
  const verdicts = all.map(({ name, values }) => {
    const sure = values.filter(({ confidence }) => confidence >= 0.9)
    const right = sure.filter(({ isRight }) => isRight).length
    return `Of ${sure.length} values that were stated at 0.9 or more, ${((right / sure.length) * 100).toFixed(1)} % are right (${name}); nine in ten are wanted.`
  })
  return { tables, verdicts }
}

const label = (at: number) => (at === 0 ? '0.9 and more' : `${buckets[at]} to ${buckets[at - 1]}`)

function shareOf(values: readonly Judged[], from: number, below = Number.POSITIVE_INFINITY): string {
  const own = values.filter(({ confidence }) => confidence >= from && confidence < below)
  if (own.length === 0) return '–'
  return `${(own.filter(({ isRight }) => isRight).length / own.length).toFixed(3)} (${own.length})`
}

async function judgedOf({ folder, cases }: Corpus): Promise<Judged[]> {
  const values: Judged[] = []
  for (const each of cases) {
    const found = await ruled(folder, each)
    values.push(...(await judged(folder, each, { ...found, evidence: calibrated(found.evidence) })))
  }
  return values
}

const script = fileURLToPath(new URL('./python/openresume_read.py', import.meta.url))

/** The peer's score and ours on the PDFs of a corpus, which is all that it reads. */
export function peerRow(
  corpus: Corpus,
  { python, predictions, ours }: { python: string; predictions: string; ours: string }
) {
  const cases = corpus.cases.filter(({ format }) => format === 'pdf')
  const paths = cases.map(({ file }) => join(corpus.folder, file))
  mkdirSync(predictions, { recursive: true })
  const output = execFileSync(python, [script, ...paths], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'ignore']
  })
  for (const [at, line] of output.trimEnd().split('\n').entries())
    writeFileSync(
      join(predictions, `${cases[at]?.id}.json`),
      JSON.stringify((JSON.parse(line) as { found: object }).found)
    )
  return {
    corpus: corpus.name,
    PDFs: String(cases.length),
    'openresume-parser': scoresOf(corpus.folder, cases, predictions).overall.toFixed(3),
    Courant: scoresOf(corpus.folder, cases, ours).overall.toFixed(3)
  }
}
