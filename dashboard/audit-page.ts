import { readAudit } from '../operate/audit.ts'
import { CourantError } from '../runtime/errors.ts'
import { actionTexts } from './action-texts.ts'
import { number, type Writing } from './cells.ts'
import { type Html, html } from './html.ts'
import type { Job } from './jobs.ts'
import type { Page } from './layout.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

const actionsShown = 100

/** `/a`: what is under way here, and who changed what. */
export async function auditPage(site: Site, jobs: readonly Job[], writing: Writing): Promise<Page> {
  const say = actionTexts[writing.language]
  const body = html`<h1>${say.audit}</h1>
${jobs.length > 0 && html`<h2>${say.running}</h2>${jobs.map((job) => jobRow(job, writing))}`}
${await actionsTable(site, writing)}
${(site.users ?? '') !== '' && html`<form action="/logout" method="post"><button>${texts[writing.language].logout}</button></form>`}`
  return { title: `${say.audit} · Courant`, body, isLive: true }
}

function jobRow({ id, what, target, done, total }: Job, writing: Writing): Html {
  const say = actionTexts[writing.language]
  return html`<form action="/stop" method="post"><input type="hidden" name="job" value="${id}"><span>${what} ${target}: ${number(done, writing)} / ${number(total, writing)}</span> <progress value="${done}" max="${total}" aria-label="${what} ${target}"></progress> <button>${say.stop}</button></form>`
}

async function actionsTable(site: Site, writing: Writing): Promise<Html> {
  const say = actionTexts[writing.language]
  const actions = await withinReach(async (signal) => {
    try {
      return await readAudit(site.connection, { limit: actionsShown, signal })
    } catch (error) {
      if (error instanceof CourantError && error.code === 'TOPIC_MISSING') return null
      throw error
    }
  })
  if (actions === null)
    return html`<p>${texts[writing.language].unknown}: <code>courant topics apply</code></p>`
  if (actions.length === 0) return html`<p>${say.noAudit}</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${say.audit}"><table><thead><tr><th scope="col">${texts[writing.language].time}</th><th scope="col">${say.who}</th><th scope="col">${say.action}</th><th scope="col">${say.state}</th><th scope="col">${say.previewed}</th><th scope="col">${say.result}</th><th scope="col">${say.reason}</th><th scope="col" class="wide">${say.machine}</th></tr></thead><tbody>${actions.map(
    (one) =>
      html`<tr class="${one.state === 'done' ? '' : 'noticed'}"><td>${one.at.toISOString()}</td><td>${one.who}</td><td><code>${one.command}</code></td><td>${say[one.state]}</td><td>${one.previewed}</td><td>${one.result}</td><td>${one.reason}</td><td class="wide">${one.machine}</td></tr>`
  )}</tbody></table></div>`
}
