import { browse, type Sought } from '../operate/browse.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import { hasPersonalData } from '../topics/masking.ts'
import type { TopicConfig } from '../topics/kafka/port.ts'
import { durationText } from '../topics/health/durations.ts'
import { subjectVersions } from '../operate/schema-versions.ts'
import { number, type Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import type { Page } from './layout.ts'
import { recordList } from './records.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

/** What may stand in the query of a topic's page. */
export interface TopicQuery {
  readonly partition?: string
  readonly offset?: string
  readonly time?: string
  readonly key?: string
}

const recordsShown = 20

/** `/t`: every topic that Kafka has. */
export async function topicsPage(site: Site, writing: Writing): Promise<Page> {
  const say = texts[writing.language]
  const topics = (await topicsOf(site)).toSorted((a, b) => a.name.localeCompare(b.name))
  const about = new Map(site.declared.topics.map((topic) => [topic.name, topic.describe]))
  const rows = topics.map(
    ({ name, partitions }) =>
      html`<tr><th scope="row"><a href="${address(['t', name])}">${name}</a></th><td class="number">${number(partitions, writing)}</td><td class="wide">${about.get(name)}</td></tr>\n`
  )
  const body = html`<h1>${say.topics}</h1>
<table><thead><tr><th scope="col">${say.topic}</th><th scope="col" class="number">${say.partitions}</th><th scope="col" class="wide">${say.about}</th></tr></thead><tbody>${rows}</tbody></table>
<p>${say.equalCommand} <code>courant topics list</code></p>`
  return { title: `${say.topics} · Courant`, body }
}

/** `/t/:topic`: its records, readers, schema and settings; null where Kafka has none of that name. */
export async function topicPage(
  { name, query }: { readonly name: string; readonly query: TopicQuery },
  site: Site,
  writing: Writing
): Promise<Page | null> {
  const say = texts[writing.language]
  const config = (await topicsOf(site)).find((topic) => topic.name === name)
  if (!config) return null
  const declared = site.declared.topics.find((one) => one.name === name)
  const sought = soughtBy(query)
  const partition = wholeIn(query.partition)
  const found = await withinReach((signal) =>
    browse(declared ?? { name }, site.connection, {
      sought,
      limit: recordsShown,
      signal,
      ...(partition !== undefined && { partition })
    })
  )
  const body = html`<h1>${name}</h1>
<p>${declared ? declared.describe : say.elsewhereOnly}</p>
${hasPersonalData(declared?.schema) && html`<p>${say.masked}</p>`}
${browseForm(query, found.partitions.length, writing)}
<h2>${say.records}</h2>
${sought.by === 'key' && html`<p>${number(found.lookedThrough, writing)} ${say.lookedThrough}. ${!found.isWhole && say.inPart}</p>`}
${recordList(found.records, writing)}
<p>${say.equalCommand} <code>courant topics tail ${name}</code></p>
<h2>${say.partitions}</h2>
<table><thead><tr><th scope="col" class="number">${say.partition}</th><th scope="col" class="number">${say.low}</th><th scope="col" class="number">${say.end}</th></tr></thead><tbody>${found.partitions.map((at) => html`<tr><td class="number">${at.partition}</td><td class="number"><a href="${address(['t', name], { partition: at.partition, offset: at.low })}">${number(at.low, writing)}</a></td><td class="number">${number(at.high, writing)}</td></tr>`)}</tbody></table>
${await readers(name, site, writing)}
${await schemaVersions(name, site, writing)}
${configTable(config, writing)}`
  return { title: `${name} · Courant`, body }
}

const topicsOf = ({ connection }: Site): Promise<readonly TopicConfig[]> =>
  withAdmin(connection.kafka, (admin) => admin.topics())

const wholeIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

function soughtBy({ key, offset, time }: TopicQuery): Sought {
  if (key !== undefined && key !== '') return { by: 'key', key }
  const from = wholeIn(offset)
  if (from !== undefined) return { by: 'offset', offset: from }
  const at = new Date(time ?? '')
  return Number.isNaN(at.getTime()) ? { by: 'newest' } : { by: 'time', at }
}

function browseForm(query: TopicQuery, partitions: number, { language }: Writing): Html {
  const say = texts[language]
  const field = (name: keyof TopicQuery, label: string, hint: string) =>
    html`<label>${label} <input name="${name}" value="${query[name]}" size="12" placeholder="${hint}" maxlength="200"></label> `
  return html`<form method="get">${field('key', say.key, '')}${field('offset', say.offset, '')}${field('time', say.time, '2026-11-30T08:00Z')}${field('partition', say.partition, `0–${partitions - 1}`)}<button>${say.show}</button> <a href="?">${say.newest}</a></form>`
}

async function readers(topic: string, site: Site, writing: Writing): Promise<Html> {
  const say = texts[writing.language]
  const { pipelines } = await site.view()
  const own = site.declared.pipelines.filter(({ reads }) => reads.includes(topic))
  if (own.length === 0) return html`<h2>${say.readers}</h2><p>${say.noReaders}</p>`
  const rows = own.map(({ name }) => {
    const view = pipelines.find((one) => one.name === name)
    return html`<tr><th scope="row"><a href="${address(['g', name])}">${name}</a></th><td class="number">${number(view?.lag ?? null, writing)}</td></tr>`
  })
  return html`<h2>${say.readers}</h2><table><thead><tr><th scope="col">${say.group}</th><th scope="col" class="number">${say.lag}</th></tr></thead><tbody>${rows}</tbody></table>`
}

async function schemaVersions(topic: string, site: Site, { language }: Writing): Promise<Html> {
  const say = texts[language]
  const versions = await subjectVersions(topic, site.connection)
  if (versions === null) return html`<h2>${say.schema}</h2><p>${say.unknown}</p>`
  return html`<h2>${say.schema}</h2>${versions.length === 0 && html`<p>${say.noSchema}</p>`}${versions.map((json, index) => html`<details><summary>${say.versions} ${index + 1}</summary><pre>${json}</pre></details>`)}`
}

function configTable({ config, replicationFactor }: TopicConfig, { language }: Writing): Html {
  const say = texts[language]
  const settings = Object.entries({ 'replication.factor': String(replicationFactor), ...config })
  return html`<h2>${say.config}</h2><table><thead><tr><th scope="col">${say.name}</th><th scope="col">${say.value}</th></tr></thead><tbody>${settings.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}${name === 'retention.ms' && html` (${retention(value, language)})`}</td></tr>`)}</tbody></table>`
}

function retention(ms: string, language: Writing['language']): string {
  const number = Number(ms)
  return number < 0
    ? texts[language].retentionNever
    : `${texts[language].retention}: ${durationText(number / 1000, language)}`
}
