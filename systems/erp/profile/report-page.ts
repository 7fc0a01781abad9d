import { escapeHtml } from '../../../dashboard/html.ts'
import { pageStyle } from '../../../dashboard/page-style.ts'

/** A table of a report; a cell that is a number stands to the right. */
interface ReportTable {
  readonly title: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

export interface Report {
  readonly title: string
  /** One sentence above the tables. */
  readonly summary: string
  readonly isWell: boolean
  readonly tables: readonly ReportTable[]
  readonly at: Date
}

/** A report as one HTML file that needs nothing else: no script, no style sheet, no network. */
export function reportPage({ title, summary, isWell, tables, at }: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1></header>
<p class="${isWell ? 'well' : 'unwell'}">${escapeHtml(summary)}</p>
${tables.map(tableOf).join('\n')}
<footer>Made ${at.toISOString()}.</footer>
</body>
</html>
`
}

function tableOf({ title, headings, rows }: ReportTable): string {
  const head = headings.map((heading) => `<th scope="col">${escapeHtml(heading)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n')
  return `<h2>${escapeHtml(title)}</h2>\n<table><thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table>`
}

function cellOf(value: string | number | null, index: number): string {
  if (index === 0) return `<th scope="row">${escapeHtml(String(value ?? '–'))}</th>`
  if (typeof value === 'number') return `<td class="number">${value.toLocaleString('en-US')}</td>`
  return `<td>${escapeHtml(value ?? '–')}</td>`
}
