import { durationText, type Language } from '../topics/health/durations.ts'
import { lagKnownForMs } from '../topics/health/health.ts'
import { headline, headlineTone, levelText, noticeTexts, reasonText } from '../topics/health/sentences.ts'
import { adviceOf } from './advice.ts'
import { ago, number, type Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import { layout } from './layout.ts'
import type { PipelineView, StatusView } from './status.ts'
import { elsewhereTexts, texts } from './texts.ts'

/** What the first page says beside how the pipelines are. */
export interface NowExtras {
  /** Why letters of a pipeline wait: its largest group, in a sentence. */
  readonly lettersOf: (pipeline: string, language: Language) => string
  /** What happens to what waits, if nobody does anything. */
  readonly ifNothing: (pipeline: PipelineView, language: Language) => string
  /** The graph of each system. */
  readonly flow: (status: StatusView, writing: Writing) => Html
}

const noExtras: NowExtras = { lettersOf: () => '', ifNothing: () => '', flow: () => html`` }

/** More than these do not help who was woken up: the table has all. */
const mostIncidents = 7

/** The first page: whether anything is wrong, why, and what to do. Plain HTML that needs no script. */
export function statusPage(status: StatusView, language: Language, extras: NowExtras = noExtras): string {
  const say = texts[language]
  const writing = { language, at: status.at }
  const health = status.pipelines.map((pipeline) => pipeline.health)
  const heading = columns.map(({ title, place }) => html`<th scope="col" class="${place}">${say[title]}</th>`)
  const rows = status.pipelines.map((pipeline) => rowOf(pipeline, writing))
  const body = html`<h1>${say.title}</h1>
<p class="${headlineTone(health)}">${headline(health, language)}</p>
${incidents(status, writing, extras)}
${extras.flow(status, writing)}
<h2>${say.every}</h2>
<table><thead><tr>${heading}</tr></thead>
<tbody>
${rows}
</tbody></table>
<footer>${say.asOf} ${status.at.toISOString()}. ${say.refreshed} ${say.runbook} <a href="/runbook">docs/operations/runbook.md</a>.</footer>`
  return layout({ title: say.title, body, isLive: true }, language)
}

const needsSomebody = ({ health }: PipelineView) =>
  health.notices.length > 0 || (health.level !== 'keepsUp' && health.reason !== 'starting')

function incidents(status: StatusView, writing: Writing, extras: NowExtras): Html {
  const say = texts[writing.language]
  const worst = status.pipelines.filter(needsSomebody).slice(0, mostIncidents)
  if (worst.length === 0) return html``
  return html`<section aria-labelledby="incidents"><h2 id="incidents">${say.needYou}</h2>
<ol class="incidents">${worst.map((pipeline) => incident(pipeline, writing, extras))}</ol></section>`
}

function incident(pipeline: PipelineView, { language }: Writing, extras: NowExtras): Html {
  const say = texts[language]
  const { health } = pipeline
  const advice = adviceOf(health, language)
  const what = [levelText(health, language), extras.ifNothing(pipeline, language)].filter(Boolean).join('; ')
  const why = [
    reasonText(health, language),
    ...noticeTexts(health, language),
    extras.lettersOf(pipeline.name, language)
  ]
  return html`<li class="${toneOf(pipeline)}"><dl>
<dt>${say.what}</dt><dd><a href="${address(['p', pipeline.name])}">${pipeline.name}</a> <strong>${what}</strong></dd>
<dt>${say.why}</dt><dd>${why.filter(Boolean).join(' ')}</dd>
<dt>${say.doThis}</dt><dd>${advice.text} <code>${advice.command}</code> <a href="${advice.href}">${say.open}</a> <a href="${advice.runbook}">${say.runbookPage}</a></dd>
</dl></li>`
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

/** How far it is behind in time; nothing of one that reads no topic. */
export function behindCell(pipeline: PipelineView, { language, at }: Writing): string {
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

function rowOf(pipeline: PipelineView, writing: Writing): Html {
  const { health } = pipeline
  const cells = columns.map(({ place, cell }, n) => {
    const text = cell(pipeline, writing)
    return n === 0
      ? html`<th scope="row"><a href="${address(['p', pipeline.name])}">${text}</a></th>`
      : html`<td class="${place}">${text}</td>`
  })
  const why = [
    reasonText(health, writing.language),
    ...noticeTexts(health, writing.language),
    elsewhereText(pipeline, writing)
  ].filter(Boolean)
  const row = html`<tr class="${toneOf(pipeline)}">${cells}</tr>\n`
  if (why.length === 0) return row
  return html`${row}<tr class="why"><td colspan="${columns.length}">${why.join(' ')}</td></tr>\n`
}

const toneOf = ({ health }: PipelineView) =>
  health.level === 'keepsUp' && health.notices.length > 0 ? 'noticed' : health.level

/** Where another process runs it, which and when it said so. */
export function elsewhereText({ elsewhere }: PipelineView, writing: Writing): string {
  if (elsewhere === null) return ''
  return elsewhereTexts[writing.language](elsewhere.process, ago(elsewhere.saidAt, writing))
}
