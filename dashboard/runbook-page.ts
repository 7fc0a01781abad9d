import { readFile } from 'node:fs/promises'
import { type Html, html } from './html.ts'
import type { Writing } from './cells.ts'
import type { Page } from './layout.ts'
import { texts } from './texts.ts'

const pages = ['health.md', 'runbook.md'].map(
  (name) => new URL(`../docs/operations/${name}`, import.meta.url)
)

/** `/runbook`: what docs/operations says of health and what to do, a section under each heading, each with an address. */
export async function runbookPage({ language }: Writing): Promise<Page> {
  const documents = await Promise.all(pages.map((page) => readFile(page, 'utf8')))
  const body = html`<h1>${texts[language].runbookPage}</h1>${documents.flatMap((text) => text.split(/^(?=#{1,2} )/m)).map(section)}`
  return { title: `${texts[language].runbookPage} · Courant`, body }
}

function section(text: string): Html {
  const [heading = '', ...lines] = text.split('\n')
  const title = heading.replace(/^#+ /, '')
  const id = title.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '-')
  return html`<section><h2 id="${id}"><a href="#${id}">${title}</a></h2>${blocks(lines)}</section>`
}

/** Lists and paragraphs as they are written; the rows of a table as terms, so that a telephone has room for them. */
const blocks = (lines: readonly string[]): Html[] =>
  lines
    .join('\n')
    .trim()
    .split(/\n{2,}/)
    .map((block) =>
      block.startsWith('|')
        ? html`<dl class="terms">${block
            .split('\n')
            .filter((line) => !/^\|\s*-/.test(line))
            .map((line) => {
              const [first = '', ...others] = line.split(/(?<!\\)\|/).slice(1, -1)
              return html`<dt>${first.trim()}</dt><dd>${others.map((cell) => cell.trim()).join(' — ')}</dd>`
            })}</dl>`
        : html`<pre>${block}</pre>`
    )
