import { basename } from 'node:path'
import type { CheckResult } from '../check/result.ts'
import { kinds } from '../types/kinds.ts'
import { levelOf, sentenceOf } from './catalogue.ts'
import type { Finding } from './finding.ts'
import { wordsOf, type Language } from './words.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** What would turn the direction of a text, or has no place in a page. */
const unseen =
  // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text as it may stand in a page, whoever wrote it. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? '').replaceAll(unseen, '\ufffd')

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top;overflow-wrap:anywhere}
.verdict{padding:.6rem 1rem;border-left:.4rem solid}.accept{border-color:#18753c;background:#e9f7ee}
.accept_with_rejects{border-color:#b34000;background:#fff4eb}.reject{border-color:#c9191e;background:#ffeceb}
.en{color:#555;font-size:.9rem}code{background:#f2f2f2;padding:0 .2rem}`

/** The page for the person who made a file, in parts: the verdict, what to do, how it was read. It loads nothing. */
export function* pageOf(result: CheckResult): Generator<string> {
  const name = escaped(basename(result.path))
  yield `<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
  yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`
  yield `<title>${name}</title><style>${style}</style></head><body>\n<h1>${name}</h1>\n`
  yield verdict(result)
  yield '<h2>Ce qui a été trouvé</h2>\n<table><thead><tr><th>Ligne</th><th>Quoi</th><th>Code</th></tr></thead><tbody>\n'
  let count = 0
  for (const finding of result.findings.all()) {
    count++
    yield findingRow(finding)
  }
  yield `</tbody></table>\n${count === 0 ? '<p>Rien à signaler. <span class="en" lang="en">Nothing to report.</span></p>\n' : ''}`
  yield reading(result)
  yield '</body></html>\n'
}

function verdict({ verdict: said, rows, lines }: CheckResult): string {
  const [fr, en] = [wordsOf('fr'), wordsOf('en')]
  const counts = (language: Language) => {
    const words = wordsOf(language)
    return `${rows.good} ${words.good}, ${rows.rejected} ${words.rejected}`
  }
  const next = {
    accept: 'Rien à faire.',
    accept_with_rejects:
      'Les bonnes lignes sont prises. Corrigez les autres à la source, puis déposez le fichier à nouveau.',
    reject: 'Rien n’est pris. Corrigez ce qui suit, puis déposez le fichier à nouveau.'
  }[said]
  const told = lines.physical > 0 ? `<p>${fr.rows} : ${counts('fr')}.</p>` : ''
  return `<div class="verdict ${said}"><p><strong>${fr.verdicts[said]}</strong>. ${next}</p>${told}
<p class="en" lang="en">${en.verdicts[said]}${lines.physical > 0 ? `; ${en.rows}: ${counts('en')}` : ''}</p></div>\n`
}

function findingRow(finding: Finding): string {
  const { code, line, count = 1, lines } = finding
  const where =
    lines && lines.length > 1 ? `${lines.slice(0, 10).join(', ')}${count > 10 ? ' …' : ''}` : (line ?? '')
  const strong = levelOf(code) === 'file' || levelOf(code) === 'row'
  const french = escaped(sentenceOf(finding, 'fr'))
  return `<tr><td>${where}</td><td>${strong ? `<strong>${french}</strong>` : french}<br><span class="en" lang="en">${escaped(sentenceOf(finding, 'en'))}</span></td><td><code>${code}</code></td></tr>\n`
}

function reading({ table, columns, lines, evidence }: CheckResult): string {
  if (!table) return ''
  const facts = [
    ['Format', table.format],
    ['Codage', table.encoding],
    ['Séparateur', table.delimiter === '\t' ? 'tabulation' : table.delimiter],
    ['Feuille', table.sheet],
    ...Object.entries(evidence).map(([what, why]) => [`Indice (${what})`, why] as const)
  ].filter(([, value]) => value !== null && value !== '')
  const rows = facts
    .map(([name, value]) => `<tr><th>${escaped(String(name))}</th><td>${escaped(String(value))}</td></tr>`)
    .join('\n')
  const parts = Object.entries(wordsOf('fr').parts).map(
    ([part, name]) => `${lines[part as keyof typeof lines]} ${name}`
  )
  const types = columns
    .map(
      ({ name, type, filled }) =>
        `<tr><td>${escaped(name)}</td><td>${kinds[type.kind].fr}</td><td>${filled}</td><td class="en">${escaped(type.evidence)}</td></tr>`
    )
    .join('\n')
  return `<h2>Comment il a été lu</h2>\n<table>${rows}</table>\n<p>${lines.physical} lignes = ${parts.join(' + ')}</p>
<table><thead><tr><th>Colonne</th><th>Lue comme</th><th>Remplie</th><th>Pourquoi</th></tr></thead><tbody>\n${types}</tbody></table>\n`
}
