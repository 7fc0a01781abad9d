import {
  groupLetters,
  type LetterGroup,
  type LettersOf,
  pipelinesWithLetters,
  showLetters
} from '../operate/letters.ts'
import { actionTexts } from './action-texts.ts'
import { number, type Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import type { Page } from './layout.ts'
import { recordBody } from './records.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

const lettersShown = 20

/** `/d`: dead letters that wait, by pipeline, code and field. */
export async function lettersPage(site: Site, writing: Writing): Promise<Page> {
  const say = texts[writing.language]
  const { connection } = site
  const grouped = await withinReach(async (signal) =>
    groupLetters(await pipelinesWithLetters(connection), { connection, signal })
  )
  const parts = grouped.map(
    ({ pipeline, waiting, lookedAt, groups }) =>
      html`<h2><a href="${address(['d', pipeline])}">${pipeline}</a>: ${number(waiting, writing)}</h2>
${lookedAt < waiting && html`<p>${say.looksAt} ${number(lookedAt, writing)}</p>`}
${groupTable(groups, lookedAt, writing)}`
  )
  const body = html`<h1>${say.dead}</h1>
${grouped.length === 0 ? html`<p>${say.noLetters}</p>` : parts}
<p>${say.equalCommand} <code>courant dlq list</code></p>`
  return { title: `${say.dead} · Courant`, body }
}

function groupTable(groups: readonly LetterGroup[], of: number, writing: Writing): Html {
  const say = texts[writing.language]
  const percent = (count: number) => `${number((100 * count) / of, writing)} %`
  const rows = groups.map(
    (
      group
    ) => html`<tr><th scope="row"><a href="${address(['d', group.pipeline], { code: group.code, field: group.field })}">${group.code || say.unknown}${group.field && ` ${group.field}`}</a></th>
<td class="number">${number(group.count, writing)}</td><td class="number">${percent(group.count)}</td>
<td class="wide">${group.first.toISOString()}</td><td class="wide">${group.last.toISOString()}</td><td>${group.message}</td></tr>\n`
  )
  return html`<table><thead><tr><th scope="col">${say.code}, ${say.field}</th><th scope="col" class="number">${say.count}</th><th scope="col" class="number">${say.share}</th><th scope="col" class="wide">${say.first}</th><th scope="col" class="wide">${say.last}</th><th scope="col">${say.message}</th></tr></thead><tbody>${rows}</tbody></table>`
}

/** What may be done about the letters that are shown; each is previewed first. */
function actionLinks(
  pipeline: string,
  { code, field, site }: LettersOf & { site: Site },
  { language }: Writing
): Html {
  const say = actionTexts[language]
  const query = { code, field }
  const canReplay = site.declared.pipelines.some(({ name, reads }) => name === pipeline && reads.length > 0)
  return html`${canReplay && html`<a href="${address(['d', pipeline, 'replay'], query)}">${say.replay}…</a> `}<a href="${address(['d', pipeline, 'dismiss'], query)}">${say.dismiss}…</a>`
}

/** `/d/:pipeline`: its letters beside their errors; null where it has no dead-letter topic. */
export async function pipelineLettersPage(
  { pipeline, query }: { readonly pipeline: string; readonly query: LettersOf },
  site: Site,
  writing: Writing
): Promise<Page | null> {
  const say = texts[writing.language]
  const { connection, declared } = site
  if (!(await pipelinesWithLetters(connection)).includes(pipeline)) return null
  const [[all], letters] = await withinReach((signal) =>
    Promise.all([
      groupLetters([pipeline], { connection, signal }),
      showLetters(pipeline, declared.topics, { connection, signal, limit: lettersShown, ...query })
    ])
  )
  const parts = letters.map(
    ({ letter, source, stage, code, message }) => html`<article><dl>
<dt>${say.code}</dt><dd><strong>${code}</strong> (${say.stage} ${stage})</dd>
<dt>${say.message}</dt><dd>${message}</dd>
<dt>${say.source}</dt><dd>${source === null ? '–' : html`<a href="${address(['t', source.topic], { partition: source.partition, offset: source.offset })}">${source.topic}/${source.partition} @ ${source.offset}</a>`}</dd>
</dl>${recordBody(letter, writing)}</article><hr>`
  )
  const body = html`<h1>${say.dead}: ${pipeline}</h1>
${all ? html`<p>${say.count}: ${number(all.waiting, writing)}</p><p>${actionLinks(pipeline, { ...query, site }, writing)}</p>${groupTable(all.groups, all.lookedAt, writing)}` : html`<p>${say.noLetters}</p>`}
${parts}
<p>${say.masked} ${say.equalCommand} <code>courant dlq show ${pipeline}</code></p>`
  return { title: `${say.dead}: ${pipeline} · Courant`, body }
}
