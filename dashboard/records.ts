import type { ShownRecord } from '../operate/shown-record.ts'
import { number, type Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import { texts } from './texts.ts'

/** Records one below the other, each with its place, its key, its headers and its value. */
export function recordList(records: readonly ShownRecord[], writing: Writing): Html {
  const say = texts[writing.language]
  if (records.length === 0) return html`<p>${say.noRecords}</p>`
  return html`${records.map((record) => html`<article>${recordBody(record, writing)}</article><hr>`)}`
}

/** One record. */
export function recordBody(record: ShownRecord, writing: Writing): Html {
  const say = texts[writing.language]
  const { topic, partition, offset, at, key, headers, schemaId } = record
  return html`<dl>
<dt>${say.time}</dt><dd><time datetime="${at.toISOString()}">${at.toISOString()}</time> ${say.inTopic} <a href="${address(['t', topic], { partition, offset })}">${topic}/${partition} @ ${offset}</a></dd>
<dt>${say.key}</dt><dd>${key === null ? '–' : html`<a href="${address(['k', key])}">${key}</a>`}</dd>
<dt>${say.schemaId}</dt><dd>${schemaId ?? say.noSchema}</dd>
<dt>${say.value}</dt><dd>${valueOf(record, writing)}</dd>
${headers.length > 0 && html`<dt>${say.headers}</dt><dd><details><summary>${headers.length}</summary><dl>${headers.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl></details></dd>`}
</dl>`
}

function valueOf({ value }: ShownRecord, writing: Writing): Html {
  const say = texts[writing.language]
  if (value.kind === 'tombstone') return html`<em>${say.tombstone}</em>`
  const size = html`${number(value.bytes, writing)} ${say.bytes}`
  if (value.kind === 'undeclared') return html`${size}. ${say.undeclared}`
  if (value.kind === 'unreadable') return html`${size}. ${say.notRead} ${value.why}`
  return html`<pre>${value.json}</pre>${value.hex !== null && html`<details><summary>${say.hex}</summary><code>${value.hex}</code></details>`}`
}
