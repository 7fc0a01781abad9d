import { trace } from '../operate/trace.ts'
import type { Writing } from './cells.ts'
import { html } from './html.ts'
import { shellQuoted } from './shell-quoted.ts'
import type { Page } from './layout.ts'
import { recordList } from './records.ts'
import type { Site } from './site.ts'
import { texts } from './texts.ts'
import { withinReach } from './within-reach.ts'

/** `/k/:key`: one key through every topic that is declared, in the order of time. */
export async function keyPage(key: string, site: Site, writing: Writing): Promise<Page> {
  const say = texts[writing.language]
  const { connection, declared } = site
  const found = await withinReach((signal) => trace(key, declared.topics, { connection, signal }))
  const body = html`<h1>${say.key} ${key}</h1>
<p>${say.traced}</p>
${recordList(found.records, writing)}
${found.inPart.length > 0 && html`<p>${say.partOnly} ${found.inPart.join(', ')}</p>`}
${found.unknown.length > 0 && html`<p>${say.notAsked} ${found.unknown.join(', ')}</p>`}
<p>${say.masked} ${say.equalCommand} <code>courant trace ${shellQuoted(key)}</code></p>`
  return { title: `${key} · Courant`, body }
}
