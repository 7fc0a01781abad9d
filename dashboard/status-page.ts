import { durationText, type Language } from '../topics/health/durations.ts'
import { lagKnownForMs } from '../topics/health/health.ts'
import { headline, headlineTone, levelText, noticeTexts, reasonText } from '../topics/health/sentences.ts'
import { escapeHtml } from './escape-html.ts'
import type { PipelineView, StatusView } from './status.ts'
import { agoText, elsewhereTexts, texts } from './texts.ts'

/** The operator page: plain HTML that needs no script, so that it works wherever a browser does. */
export function statusPage(status: StatusView, language: Language): string {
  const say = texts[language]
  const heading = columns
    .map(({ title, place }) => `<th scope="col" class="${place}">${escapeHtml(say[title])}</th>`)
    .join('')
  const health = status.pipelines.map((pipeline) => pipeline.health)
  const rows = status.pipelines.map((pipeline) => rowOf(pipeline, { language, at: status.at })).join('\n')
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
<p class="${headlineTone(health)}">${escapeHtml(headline(health, language))}</p>
<table><thead><tr>${heading}</tr></thead>
<tbody>
${rows}
</tbody></table>
<footer>${say.asOf} ${status.at.toISOString()}. ${say.refreshed} ${say.runbook}</footer>
</body>
</html>
`
}

interface Writing {
  readonly language: Language
  readonly at: Date
}

interface Column {
  readonly title: keyof (typeof texts)['en']
  /** `wide` is left out where there is no room for it. */
  readonly place: 'text' | 'number' | 'number wide'
  readonly cell: (pipeline: PipelineView, writing: Writing) => string
}

const noLag = '–'

/** What matters most is on the left, and on a telephone. */
const columns: readonly Column[] = [
  { title: 'pipeline', place: 'text', cell: ({ name }) => name },
  { title: 'health', place: 'text', cell: ({ health }, { language }) => levelText(health, language) },
  { title: 'lagSeconds', place: 'number', cell: behindCell },
  { title: 'lag', place: 'number', cell: lagCell },
  { title: 'dead', place: 'number', cell: ({ deadLetters }, writing) => number(deadLetters, writing) },
  { title: 'rejected', place: 'number wide', cell: ({ rejected }, writing) => number(rejected, writing) },
  { title: 'read', place: 'number wide', cell: ({ read }, writing) => number(read, writing) },
  { title: 'written', place: 'number wide', cell: ({ written }, writing) => number(written, writing) },
  { title: 'held', place: 'number wide', cell: ({ held }, writing) => number(held, writing) },
  { title: 'perSecond', place: 'number wide', cell: ({ perSecond }, writing) => number(perSecond, writing) },
  { title: 'lastBatch', place: 'number wide', cell: ({ lastBatchAt }, writing) => ago(lastBatchAt, writing) }
]

function behindCell(pipeline: PipelineView, { language, at }: Writing): string {
  if (!pipeline.readsTopics) return noLag
  const { lagSeconds, lagAskedAt } = pipeline
  if (lagSeconds === null) return texts[language].unknown
  return durationText(lagSeconds, language) + staleMark(lagAskedAt, { language, at })
}

function lagCell(pipeline: PipelineView, writing: Writing): string {
  if (!pipeline.readsTopics) return noLag
  return number(pipeline.lag, writing) + staleMark(pipeline.lagAskedAt, writing)
}

/** What Kafka told long ago has its age with it. */
function staleMark(askedAt: Date | null, writing: Writing): string {
  const isStale = askedAt !== null && writing.at.getTime() - askedAt.getTime() > lagKnownForMs
  return isStale ? ` (${ago(askedAt, writing)})` : ''
}

const number = (value: number | null, { language }: Writing): string =>
  value === null
    ? texts[language].unknown
    : new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)

function ago(then: Date | null, { language, at }: Writing): string {
  if (then === null) return texts[language].unknown
  return agoText(durationText(Math.max(0, (at.getTime() - then.getTime()) / 1000), language), language)
}

function rowOf(pipeline: PipelineView, writing: Writing): string {
  const { health } = pipeline
  const cells = columns.map(({ place, cell }, n) => {
    const text = escapeHtml(cell(pipeline, writing))
    return n === 0 ? `<th scope="row">${text}</th>` : `<td class="${place}">${text}</td>`
  })
  const why = [
    reasonText(health, writing.language),
    ...noticeTexts(health, writing.language),
    elsewhereText(pipeline, writing)
  ].filter(Boolean)
  const tone = health.level === 'keepsUp' && health.notices.length > 0 ? 'noticed' : health.level
  const row = `<tr class="${tone}">${cells.join('')}</tr>`
  if (why.length === 0) return row
  return `${row}\n<tr class="why"><td colspan="${columns.length}">${escapeHtml(why.join(' '))}</td></tr>`
}

function elsewhereText({ elsewhere }: PipelineView, writing: Writing): string {
  if (elsewhere === null) return ''
  return elsewhereTexts[writing.language](elsewhere.process, ago(elsewhere.saidAt, writing))
}

export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 88rem; padding: 0 1rem; }
header { display: flex; justify-content: space-between; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.3rem; }
nav a { margin-left: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
thead th { position: sticky; top: 0; background: Canvas; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
p { font-weight: 600; }
.well { color: light-dark(#14662b, #7ee2a0); }
.unsure, tr.unknown, tr.noticed { color: light-dark(#7a5200, #ffd27a); }
.unwell, tr.fails, tr.stands, tr.behind { color: light-dark(#a4161a, #ff9b9b); }
tr.fails, tr.stands { font-weight: 600; }
tr.why td { padding: 0 .6rem .5rem 1.2rem; font-size: .9rem; }
tr:has(+ tr.why) > * { border-bottom: none; }
footer { margin-top: 1rem; opacity: .7; }
@media (max-width: 60rem) {
  .wide { display: none; }
  th, td { padding: .25rem .35rem; }
}
@media (max-width: 30rem) {
  :root { font-size: 13px; }
  body { padding: 0 .5rem; }
}
`
