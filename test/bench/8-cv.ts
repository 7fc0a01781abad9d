import { join, parse } from 'node:path'
import { readDocument } from '../../processors/cv/document/read.ts'
import { fieldsOf } from '../../processors/cv/fields/fields.ts'
import { identify } from '../../processors/cv/identify.ts'
import { readCv } from '../../processors/cv/read-cv.ts'
import { CourantError } from '../../runtime/errors.ts'
import { cases, type Rendered, render } from '../processors/cv/corpus/render.ts'
import { corpusFiles, noCorpus } from '../processors/cv/corpus-folder.ts'
import type { Scores } from '../processors/cv/scorer.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { installCvPython } from './bench-cache.ts'
import {
  confidenceTables,
  corporaOf,
  type Corpus,
  fieldTable,
  kindTable,
  peerRow,
  scored
} from './cv-corpora.ts'
import type { Table } from './markdown-table.ts'
import { quantile } from './quantile.ts'

interface Cost {
  readonly format: string
  /** CPU milliseconds of the whole, and of the rules alone. */
  readonly ms: number
  readonly rulesMs: number
}

export const cv: Bench = { number: 8, name: 'cv', title: 'CV → fields', servers: [], run }

const kinds = ['format', 'lang', 'layout'] as const

async function run(context: BenchContext): Promise<Findings> {
  if (noCorpus !== false) throw new CourantError('PREREQUISITE_MISSING', noCorpus)
  const python = await pythonOf(context)
  const own = join(context.folder, 'own')
  context.report('rendering CVs of invented persons')
  const rendered = await render(own, context.isQuick ? cases().filter((_, at) => at % 4 === 0) : cases())
  const corpora = corporaOf(own)
  const names = corpora.map(({ name }) => name)
  const scores: Scores[] = []
  for (const [at, corpus] of corpora.entries()) scores.push(await scored(corpus, folderOf(context, at)))
  const costs = await measured(context.isQuick ? 1 : 3)
  context.report('judging each value by its confidence')
  const confidence = await confidenceTables(corpora)
  return {
    setting: [
      ...settingOf(corpora, rendered),
      ...(python === null ? ['No peer: its Python could not be made.'] : [peerSetting])
    ],
    tables: [
      fieldTable(names, scores),
      ...kinds.map((kind) => kindTable(kind, names, scores)),
      ...(python === null ? [] : [peerTable(context, corpora, python)]),
      ...confidence.tables,
      { caption: 'CPU milliseconds a document (public)', rows: costRows(costs) }
    ],
    verdicts: [...verdictsOf(names, scores), ...confidence.verdicts, memory()]
  }
}

const folderOf = ({ folder }: BenchContext, at: number) => join(folder, `parsed-${at}`)

const peerSetting =
  'The peer is openresume-parser 0.1.6 (PyPI), which reads PDFs by rules of its own: its score and ours on the PDFs of each corpus.'

const memory = () => `The process held ${Math.round(process.memoryUsage.rss() / 1e6)} MB at the end.`

/** The Python with the peer and with Typst, or null where none can be made. */
async function pythonOf({ report }: BenchContext): Promise<string | null> {
  try {
    const python = await installCvPython(report)
    process.env['COURANT_TEST_TYPST_PYTHON'] ??= python
    return python
  } catch (error) {
    report(`no peer: ${String(error)}`)
    return null
  }
}

function settingOf(corpora: readonly Corpus[], { missing }: Rendered): string[] {
  const counts = corpora.map(({ name, cases: own }) => `${own.length} (${name})`).join(', ')
  return [
    `Labelled CVs: ${counts}. "development" and "set aside" are invented persons in layouts of seven producers; rules are tuned on the first, and neither persons nor layouts of the second are in it.`,
    ...(missing.length > 0
      ? [`Not on this machine, so that their documents are missing: ${missing.join(', ')}.`]
      : []),
    'F1 of a kind is the mean over its documents, of a field that of all values; an ongoing job ends in null.',
    'CPU time is that of one process that is warm, the least of three readings of each document.'
  ]
}

function verdictsOf(names: readonly string[], scores: readonly Scores[]): string[] {
  const wanted: Readonly<Record<string, string>> = { public: '0.92', 'set aside': '0.88' }
  return names.map((name, at) => {
    const bar = wanted[name]
    const score = scores[at]?.overall.toFixed(3)
    return `Overall (mean of 20 field F1s), ${name}: ${score}${bar === undefined ? '.' : `; ${bar} is wanted.`}`
  })
}

function peerTable(context: BenchContext, corpora: readonly Corpus[], python: string): Table {
  const rows = corpora.map((corpus, at) =>
    peerRow(corpus, { python, predictions: join(context.folder, `peer-${at}`), ours: folderOf(context, at) })
  )
  return { caption: 'Beside a peer: overall F1 on PDFs', rows }
}

/** Reads each public document some times, after all were read once. */
async function measured(times: number): Promise<Cost[]> {
  const files = corpusFiles()
  for (const { bytes } of files) await readCv(bytes)
  const costs: Cost[] = []
  for (const { name, bytes } of files) {
    const document = await readDocument(bytes, identify(bytes))
    const whole: number[] = []
    const rules: number[] = []
    for (let turn = 0; turn < times; turn++) {
      whole.push(await cpuMs(() => readCv(bytes)))
      rules.push(await cpuMs(async () => fieldsOf(document)))
    }
    costs.push({ format: parse(name).ext.slice(1), ms: Math.min(...whole), rulesMs: Math.min(...rules) })
  }
  return costs
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
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
