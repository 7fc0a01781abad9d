import type { Language } from '../topics/health/durations.ts'
import { actionTexts } from './action-texts.ts'
import { type Html, html } from './html.ts'
import { texts } from './texts.ts'

export interface Page {
  readonly title: string
  readonly body: Html
  /** Of an answer that is not simply well; 200 unless said. */
  readonly status?: number
  /** Whether it is shown anew as something changes. */
  readonly isLive?: boolean
}

/** A whole page: it needs no script, and with one it follows what happens. */
export function layout({ title, body, isLive = false }: Page, language: Language): string {
  const say = texts[language]
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${isLive && html`<noscript><meta http-equiv="refresh" content="5"></noscript>`}
<title>${title}</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
<nav aria-label="Courant"><a href="/"><strong>Courant</strong></a> <a href="/t">${say.topics}</a> <a href="/d">${say.dead}</a> <a href="/a">${actionTexts[language].audit}</a> <a href="/runbook">${say.runbookPage}</a> <a href="/metrics">metrics</a></nav>
<form action="/k" method="get" role="search"><label>${say.key} <input name="key" required size="18" maxlength="200"></label> <button>${say.findKey}</button></form>
<nav aria-label="${say.languages}"><a href="?lang=en" lang="en" hreflang="en">English</a> <a href="?lang=fr" lang="fr" hreflang="fr">Français</a></nav>
</header>
<main${isLive && html` data-live=""`}>
${body}
</main>
</body>
</html>
`.toString()
}
