import { viewGroup } from '../operate/group.ts'
import { actionTexts } from './action-texts.ts'
import { duration, number, type Writing } from './cells.ts'
import { address, html } from './html.ts'
import type { Page } from './layout.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

/** `/g/:group`: how far the group of a pipeline is, by partition; null where no pipeline has that name. */
export async function groupPage(group: string, site: Site, writing: Writing): Promise<Page | null> {
  const say = texts[writing.language]
  const acts = actionTexts[writing.language]
  const pipeline = site.declared.pipelines.find(({ name }) => name === group)
  if (!pipeline) return null
  const { connection } = site
  const view = await withinReach((signal) => viewGroup(group, pipeline.reads, { connection, signal }))
  const rows = view.partitions.map(
    (at) => html`<tr><th scope="row"><a href="${address(['t', at.topic])}">${at.topic}</a></th>
<td class="number">${at.partition}</td>
<td class="number">${at.committed === null ? say.never : number(at.committed, writing)}</td>
<td class="number">${number(at.end, writing)}</td>
<td class="number">${number(at.lag, writing)}</td>
<td class="number">${duration(at.seconds, writing)}</td></tr>\n`
  )
  const body = html`<h1>${say.group} ${group}</h1>
<p>${say.members}: ${number(view.members, writing)}. <a href="${address(['p', group])}">${say.pipeline}</a></p>
<div class="scroll" tabindex="0" role="region" aria-label="${say.partitions}"><table><thead><tr><th scope="col">${say.topic}</th><th scope="col" class="number">${say.partition}</th><th scope="col" class="number">${say.committed}</th><th scope="col" class="number">${say.end}</th><th scope="col" class="number">${say.lag}</th><th scope="col" class="number">${say.lagSeconds}</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<p>${acts.reset}: <a href="${address(['g', group, 'reset'], { to: 'start' })}">${acts.toStart}…</a> <a href="${address(['g', group, 'reset'], { to: 'end' })}">${acts.toEnd}…</a></p>
<form action="${address(['g', group, 'reset'])}" method="get"><input type="hidden" name="to" value="time"><label>${acts.toTime} <input name="at" required placeholder="2026-11-30T08:00Z" size="18"></label> <button>${acts.reset}…</button></form>
<p>${say.equalCommand} <code>courant lag ${group}</code></p>`
  return { title: `${group} · ${say.group} · Courant`, body, isLive: true }
}
