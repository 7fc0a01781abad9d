import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Calibration } from '../../../processors/cv/fields/calibration.ts'
import { corpusFile } from './corpus-folder.ts'
import { casesOf, type Judged, judged, ruled } from './scorer.ts'

// Fits what a rule's confidence is worth on the public CVs and the development part of our own:
// `node test/processors/cv/calibrate.ts FOLDER`, where FOLDER is what corpus/render.ts made.

/** One-sided 95 %: the share that is believed, as rules were made on the documents that judge them. */
const z = 1.645

/** The lower bound of Wilson's interval for a share of `right` among `all`. */
function believed(right: number, all: number): number {
  const share = right / all
  const spread = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  return (share + (z * z) / (2 * all) - spread) / (1 + (z * z) / all)
}

interface Step {
  readonly from: number
  readonly right: number
  readonly all: number
}

/** Steps that never fall: neighbours that do are put together (pool adjacent violators), and such of few values. */
export function steps(values: readonly Judged[]): [number, number][] {
  const by = [...Map.groupBy(values, ({ confidence }) => confidence)].sort(([a], [b]) => a - b)
  const pooled: Step[] = []
  for (const [from, own] of by) {
    let step: Step = { from, right: own.filter(({ isRight }) => isRight).length, all: own.length }
    for (let last = pooled.at(-1); last && (last.all < 20 || falls(last, step)); last = pooled.at(-1)) {
      pooled.pop()
      step = { from: last.from, right: last.right + step.right, all: last.all + step.all }
    }
    pooled.push(step)
  }
  return pooled.map(({ from, right, all }) => [from, Math.round(believed(right, all) * 100) / 100])
}

const falls = (a: Step, b: Step) => believed(a.right, a.all) >= believed(b.right, b.all)

/** The table of all fields. */
export function fitted(values: readonly Judged[]): Calibration {
  const fields = [...Map.groupBy(values, ({ field }) => field)].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([field, own]) => [field, steps(own)]))
}

if (process.argv[1] === import.meta.filename) {
  const own = process.argv[2] ?? 'cv-corpus'
  const parts = [
    [corpusFile(''), casesOf(corpusFile(''))],
    [own, casesOf(own, 'dev')]
  ] as const
  const values: Judged[] = []
  for (const [folder, cases] of parts)
    for (const each of cases) values.push(...(await judged(folder, each, await ruled(folder, each))))
  const file = join(import.meta.dirname, '../../../processors/cv/vocabulary/confidence.json')
  writeFileSync(file, `${JSON.stringify(fitted(values), null, 2)}\n`)
  process.stdout.write(`${values.length} values judged\n`)
}
