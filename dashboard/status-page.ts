import { escapeHtml } from './escape-html.ts'
import type { PipelineView, StatusView } from './status.ts'
import { type Language, type Texts, texts } from './texts.ts'

/** The operator page: plain HTML that needs no script, so that it works wherever a browser does. */
export function statusPage(status: StatusView, language: Language): string {
  const say = texts[language]
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const verdict = verdictOf(status.pipelines)
  const heading = columnNames
    .map(
      (name, n) => `<th scope="col"${n < textColumns ? '' : ' class="number"'}>${escapeHtml(say[name])}</th>`
    )
    .join('')
  const rows = status.pipelines.map((pipeline) => rowOf(pipeline, { say, number, at: status.at })).join('\n')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width">
<title>${say.title}</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header><h1>${say.title}</h1><nav><a href="/?lang=en" lang="en">English</a> <a href="/?lang=fr" lang="fr">Français</a> <a href="/metrics">metrics</a></nav></header>
<p class="${verdict === 'allWell' ? 'well' : 'unwell'}">${say[verdict]}</p>
<table><thead><tr>${heading}</tr></thead>
<tbody>
${rows}
</tbody></table>
<footer>${say.asOf} ${status.at.toISOString()}. ${say.refreshed}</footer>
</body>
</html>
`
}

/** The worst that is true of a pipeline. */
function verdictOf(pipelines: readonly PipelineView[]): 'allWell' | 'notYet' | 'outOfReach' | 'notWell' {
  const states = new Set(pipelines.map(({ state }) => state))
  if (states.has('failed') || states.has('stopped')) return 'notWell'
  if (states.has('waiting')) return 'outOfReach'
  if (states.has('starting')) return 'notYet'
  // Whether what runs keeps up cannot be told then.
  const isLagUnknown = pipelines.some(({ readsTopics, lag }) => readsTopics && lag === null)
  return isLagUnknown ? 'outOfReach' : 'allWell'
}

const columnNames = [
  'pipeline',
  'state',
  'read',
  'written',
  'rejected',
  'dead',
  'perSecond',
  'lag',
  'lagSeconds',
  'lastBatch'
] as const satisfies readonly (keyof Texts)[]

/** Pipeline and state; the others are numbers. */
const textColumns = 2

interface Writing {
  readonly say: Texts
  readonly number: Intl.NumberFormat
  readonly at: Date
}

function rowOf(pipeline: PipelineView, { say, number, at }: Writing): string {
  const cell = (value: number | null, unit = '') =>
    `<td class="number">${value === null ? say.unknown : `${number.format(value)}${unit}`}</td>`
  const { name, state, error, lastBatchAt } = pipeline
  const why = error === null ? '' : ` (${escapeHtml(error)})`
  const ageSeconds = lastBatchAt && Math.max(0, (at.getTime() - lastBatchAt.getTime()) / 1000)
  return [
    `<tr class="${state}"><th scope="row">${escapeHtml(name)}</th><td>${say[state]}${why}</td>`,
    cell(pipeline.read),
    cell(pipeline.written),
    cell(pipeline.rejected),
    cell(pipeline.deadLetters),
    cell(pipeline.perSecond),
    pipeline.readsTopics ? cell(pipeline.lag) : noLag,
    pipeline.readsTopics ? cell(pipeline.lagSeconds, ' s') : noLag,
    cell(ageSeconds, ` ${say.ago}`),
    '</tr>'
  ].join('')
}

const noLag = '<td class="number">–</td>'

export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 80rem; padding: 0 1rem; }
header { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.3rem; }
nav a { margin-left: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
thead th { position: sticky; top: 0; background: Canvas; }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.well { color: light-dark(#14662b, #7ee2a0); }
.unwell, tr.failed, tr.waiting { color: light-dark(#a4161a, #ff9b9b); font-weight: 600; }
tr.stopped { opacity: .6; }
footer { margin-top: 1rem; opacity: .7; }
`
