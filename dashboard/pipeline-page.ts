import type { AnyPipeline } from '../runtime/pipeline.ts'
import { levelText, noticeTexts, reasonText } from '../topics/health/sentences.ts'
import { adviceOf } from './advice.ts'
import { ago, duration, number, type Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import type { Page } from './layout.ts'
import type { Site } from './site.ts'
import { behindCell, elsewhereText } from './status-page.ts'
import type { PipelineView } from './status.ts'
import { texts } from './texts.ts'

/** `/p/:pipeline`: one pipeline; null where there is none of that name. */
export async function pipelinePage(name: string, site: Site, writing: Writing): Promise<Page | null> {
  const say = texts[writing.language]
  const view = (await site.view()).pipelines.find((one) => one.name === name)
  const declared = site.declared.pipelines.find((one) => one.name === name)
  if (!view && !declared) return null
  const body = html`<h1>${name}</h1>
${view ? healthOf(view, writing) : html`<p>${say.unknown}</p>`}
<dl>
<dt>${say.system}</dt><dd>${site.declared.systemOf(name) || say.unknown}</dd>
${declared && endsOf(declared, writing)}
${view && figuresOf(view, writing)}
</dl>
<p><a href="${address(['g', name])}">${say.group}: ${say.partitions}, ${say.lag}</a></p>
<p>${say.equalCommand} <code>courant lag ${name}</code></p>`
  return { title: `${name} · Courant`, body, isLive: true }
}

function healthOf(view: PipelineView, writing: Writing): Html {
  const { language } = writing
  const { health } = view
  const why = [
    reasonText(health, language),
    ...noticeTexts(health, language),
    elsewhereText(view, writing)
  ].filter(Boolean)
  const advice = adviceOf(health, language)
  return html`<p>${levelText(health, language)}</p>
<p>${why.join(' ')}</p>
${health.level !== 'keepsUp' && html`<p>${advice.text} <code>${advice.command}</code></p>`}`
}

function endsOf({ reads, writes }: AnyPipeline, { language }: Writing): Html {
  const say = texts[language]
  const links = (names: readonly string[]) =>
    names.length > 0 ? names.map((topic) => html`<a href="${address(['t', topic])}">${topic}</a> `) : '–'
  return html`<dt>${say.reads}</dt><dd>${links(reads)}</dd><dt>${say.writes}</dt><dd>${links(writes)}</dd>`
}

function figuresOf(view: PipelineView, writing: Writing): Html {
  const say = texts[writing.language]
  return html`<dt>${say.promise}</dt><dd>${duration(view.health.promiseSeconds, writing)}</dd>
<dt>${say.lagSeconds}</dt><dd>${behindCell(view, writing)}</dd>
<dt>${say.written}</dt><dd>${number(view.written, writing)}</dd>
<dt>${say.rejected}</dt><dd>${number(view.rejected, writing)}</dd>
<dt>${say.dead}</dt><dd><a href="${address(['d', view.name])}">${number(view.deadLetters, writing)}</a></dd>
<dt>${say.lastBatch}</dt><dd>${ago(view.lastBatchAt, writing)}</dd>`
}
