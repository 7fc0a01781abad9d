import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import { readDocument } from '../../processors/cv/document/read.ts'
import { fieldsOf } from '../../processors/cv/fields/fields.ts'
import { identify } from '../../processors/cv/identify.ts'
import { readCv } from '../../processors/cv/read-cv.ts'
import { CourantError } from '../../runtime/errors.ts'
import { corpusFile, corpusFiles, noCorpus } from '../processors/cv/corpus-folder.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import type { Table } from './markdown-table.ts'
import { quantile } from './quantile.ts'

type Rates = { readonly p: number | null; readonly r: number | null; readonly f1: number | null }
type Kind = 'format' | 'lang' | 'layout'

interface Scores {
  readonly overall: number
  readonly fields: Readonly<Record<string, Rates>>
  readonly docs: readonly (Readonly<Record<Kind, string>> & { readonly id: string; readonly f1: number })[]
}

interface Cost {
  readonly id: string
  readonly format: string
  /** CPU milliseconds of the whole, and of the rules alone. */
  readonly ms: number
  readonly rulesMs: number
}

export const cv: Bench = { number: 8, name: 'cv', title: 'CV → fields', servers: [], run }

async function run(context: BenchContext): Promise<Findings> {
  if (noCorpus !== false) throw new CourantError('PREREQUISITE_MISSING', noCorpus)
  const out = join(context.folder, 'parsed')
  mkdirSync(out)
  const costs = await measured(out, context.isQuick ? 1 : 3)
  const { overall, fields, docs } = scored(out)
  const round = (number: number | null) => (number === null ? null : Math.round(number * 1000) / 1000)
  const rates = Object.entries(fields).map(([field, { p, r, f1 }]) => ({
    field,
    precision: String(round(p)),
    recall: String(round(r)),
    F1: String(round(f1))
  }))
  return {
    setting: [
      `${docs.length} labelled public CVs. F1 of a kind is the mean over its documents, of a field that of all values.`,
      'CPU time is that of one process that is warm, the least of three readings of each document; an ongoing job ends in null.',
      'No peer is run: no parser that a registry has reads these formats and languages.'
    ],
    tables: [
      { caption: 'By field', rows: rates },
      ...(['format', 'lang', 'layout'] as const).map((kind) => byKind(kind, docs)),
      { caption: 'CPU milliseconds a document', rows: costRows(costs) }
    ],
    verdicts: [
      `Overall (mean of ${rates.length} field F1s): ${overall.toFixed(3)}; 0.92 is wanted.`,
      `The process held ${Math.round(process.memoryUsage.rss() / 1e6)} MB at the end.`
    ]
  }
}

/** Reads each document some times, after all were read once, and writes what came out. */
async function measured(out: string, times: number): Promise<Cost[]> {
  const files = corpusFiles()
  for (const { bytes } of files) await readCv(bytes)
  const costs: Cost[] = []
  for (const { name, bytes } of files) {
    const id = parse(name).name
    const { data } = await readCv(bytes)
    writeFileSync(join(out, `${id}.json`), JSON.stringify(data))
    const document = await readDocument(bytes, identify(bytes))
    const whole: number[] = []
    const rules: number[] = []
    for (let turn = 0; turn < times; turn++) {
      whole.push(await cpuMs(() => readCv(bytes)))
      rules.push(await cpuMs(async () => fieldsOf(document)))
    }
    costs.push({ id, format: parse(name).ext.slice(1), ms: Math.min(...whole), rulesMs: Math.min(...rules) })
  }
  return costs
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function scored(out: string): Scores {
  const report = join(out, 'scores.txt')
  const options = ['--pred', out, '--manifest', corpusFile('manifest.json'), '--null-end-is-present']
  execFileSync(process.execPath, [corpusFile('score.mjs'), ...options, '--json', report], { stdio: 'ignore' })
  return JSON.parse(readFileSync(report, 'utf8')) as Scores
}

function byKind(kind: Kind, docs: Scores['docs']): Table {
  const groups = [...Map.groupBy(docs, (doc) => doc[kind])]
  const rows = groups.map(([name, own]) => ({
    [kind]: name,
    documents: String(own.length),
    F1: (own.reduce((sum, { f1 }) => sum + f1, 0) / own.length).toFixed(3)
  }))
  return {
    caption: `By ${kind}`,
    rows: rows.toSorted((a, b) => (a['F1'] ?? '').localeCompare(b['F1'] ?? ''))
  }
}

function costRows(costs: readonly Cost[]): Table['rows'] {
  return [...Map.groupBy(costs, ({ format }) => format)].map(([format, own]) => {
    const whole = own.map(({ ms }) => ms).toSorted((a, b) => a - b)
    const rules = own.map(({ rulesMs }) => rulesMs).toSorted((a, b) => a - b)
    return {
      format,
      median: quantile(whole, 0.5),
      p95: quantile(whole, 0.95),
      'rules alone, median': quantile(rules, 0.5)
    }
  })
}
