import { groupLetters, type LettersOf, onlyThose } from '../operate/letters.ts'
import { planReset, type ResetTo } from '../operate/offsets.ts'
import { replay } from '../topics/letters/replay.ts'
import { actionTexts } from './action-texts.ts'
import { number, type Writing } from './cells.ts'
import { type Html, html } from './html.ts'
import type { Page } from './layout.ts'
import { commandOf, type Planned } from './planned.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

/** Signs what was previewed. */
export type Sign = (planned: Planned) => string

export interface Asked {
  readonly target: string
  readonly query: Readonly<Record<string, string>>
}

const defaultRate = 100
/** Letters that one confirmation is about. */
const mostLetters = 100_000

/** `/d/:pipeline/replay`: what a replay would send; null where it cannot be sent again. */
export async function replayPreview(
  { target, query }: Asked,
  { site, sign }: { readonly site: Site; readonly sign: Sign },
  writing: Writing
): Promise<Page | null> {
  const say = actionTexts[writing.language]
  const pipeline = site.declared.pipelines.find(({ name }) => name === target)
  if (!pipeline || pipeline.reads.length === 0) return null
  const which = lettersOf(query)
  const rate = Math.min(10_000, Math.max(1, Number(query['rate']) || defaultRate))
  const only = onlyThose(which)
  const report = await withinReach((signal) =>
    replay(target, site.connection, {
      signal,
      isDryRun: true,
      perSecond: rate,
      limit: mostLetters,
      topics: pipeline.reads,
      ...(only && { only })
    })
  )
  const count = [...report.byTopic.values()].reduce((sum, one) => sum + one, 0)
  const stuck =
    report.unsendable + report.leftOut.length + report.batches.length + report.foreign.length + report.behind
  const planned: Planned = { kind: 'replay', target, ...which, count, rate }
  const body = html`<p>${say.replayWhat} <strong>${number(count, writing)}</strong>. ${say.rate} ${number(rate, writing)}.</p>
<ul>${[...report.byTopic].map(([topic, records]) => html`<li>${topic}: ${number(records, writing)}</li>`)}</ul>
${stuck > 0 && html`<p>${say.cannot} ${number(stuck, writing)}</p>`}`
  return previewPage({ planned, isEmpty: count === 0, body }, sign, writing)
}

/** `/d/:pipeline/dismiss`: which letters would wait no longer; null where the pipeline has none. */
export async function dismissPreview(
  { target, query }: Asked,
  { site, sign }: { readonly site: Site; readonly sign: Sign },
  writing: Writing
): Promise<Page | null> {
  const say = actionTexts[writing.language]
  const which = lettersOf(query)
  const { connection } = site
  const [grouped] = await withinReach((signal) => groupLetters([target], { connection, signal }))
  if (!grouped) return null
  const isAll = which.code === undefined && which.field === undefined
  const chosen = grouped.groups.filter(
    ({ code, field }) =>
      (which.code === undefined || code === which.code) &&
      (which.field === undefined || field === which.field)
  )
  const count = isAll ? grouped.waiting : chosen.reduce((sum, group) => sum + group.count, 0)
  const planned: Planned = { kind: 'dismiss', target, ...which, count }
  const body = html`<p>${say.dismissWhat} <strong>${number(count, writing)}</strong></p>
<ul>${chosen.map(({ code, field, count: of }) => html`<li>${code} ${field}: ${number(of, writing)}</li>`)}</ul>`
  return previewPage({ planned, isEmpty: count === 0, body }, sign, writing)
}

/** `/g/:group/reset`: what would be read again, or never; null where no pipeline has that group. */
export async function resetPreview(
  { target, query }: Asked,
  { site, sign }: { readonly site: Site; readonly sign: Sign },
  writing: Writing
): Promise<Page | null> {
  const say = actionTexts[writing.language]
  const pipeline = site.declared.pipelines.find(({ name }) => name === target)
  if (!pipeline || pipeline.reads.length === 0) return null
  const to = query['to'] === 'time' ? (query['at'] ?? '') : (query['to'] ?? 'start')
  const resetTo = resetToOf(to)
  const { connection } = site
  const plan = await withinReach((signal) =>
    planReset(target, { topics: pipeline.reads, target: resetTo }, { connection, signal })
  )
  const rows = plan.partitions.map(
    (at) =>
      html`<tr><th scope="row">${at.topic}/${at.partition}</th><td class="number">${at.from === null ? texts[writing.language].never : number(at.from, writing)}</td><td class="number">${number(at.to, writing)}</td></tr>`
  )
  const body = html`<p>${say.again} <strong>${number(plan.again, writing)}</strong>. ${say.skipped} <strong>${number(plan.skipped, writing)}</strong>.</p>
<p>${say.ownOffsets}</p>
${plan.members > 0 && html`<p class="unwell">${target} (${number(plan.members, writing)}) ${say.stillRead}</p>`}
<table><thead><tr><th scope="col">${texts[writing.language].partition}</th><th scope="col" class="number">${say.from}</th><th scope="col" class="number">${say.to}</th></tr></thead><tbody>${rows}</tbody></table>`
  const isEmpty = plan.partitions.length === 0 || plan.members > 0
  return previewPage({ planned: { kind: 'reset', target, plan, to }, isEmpty, body }, sign, writing)
}

/** Where a reset goes, by its text: `start`, `end`, or a time. */
function resetToOf(text: string): ResetTo {
  if (text === 'end') return { to: 'end' }
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? { to: 'start' } : { to: 'time', at }
}

/** The letters that an address means. */
const lettersOf = ({ code, field }: Readonly<Record<string, string>>): LettersOf => ({
  ...(code !== undefined && { code }),
  ...(field !== undefined && { field })
})

interface Preview {
  readonly planned: Planned
  /** Whether there is nothing that could be confirmed. */
  readonly isEmpty: boolean
  readonly body: Html
}

function previewPage({ planned, isEmpty, body }: Preview, sign: Sign, { language }: Writing): Page {
  const say = actionTexts[language]
  const title = `${say[planned.kind]}: ${planned.target}`
  const form = html`<form action="/do" method="post"><input type="hidden" name="token" value="${isEmpty ? '' : sign(planned)}"><label>${say.reason} <input name="reason" required maxlength="300" size="40"></label> <button>${say.confirm}: ${say[planned.kind]}</button></form>
<p>${say.expires}</p>`
  return {
    title: `${title} · Courant`,
    body: html`<h1>${title}</h1><p>${say.preview}</p>${body}${isEmpty ? html`<p>${say.nothing}</p>` : form}
<p>${texts[language].equalCommand} <code>${commandOf(planned)}</code></p>`
  }
}
