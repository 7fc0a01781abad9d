import type { Language } from '../topics/health/durations.ts'
import { html } from './html.ts'
import type { Page } from './layout.ts'
import { texts } from './texts.ts'

/** `/login`. */
export function loginPage(language: Language, isWrong: boolean): Page {
  const say = texts[language]
  const body = html`<h1>${say.login}</h1>
${isWrong && html`<p class="unwell" role="alert">${say.wrongLogin}</p>`}
<form action="/login" method="post"><label>${say.name} <input name="name" required autocomplete="username" maxlength="64"></label> <label>${say.password} <input type="password" name="password" required autocomplete="current-password" maxlength="200"></label> <button>${say.login}</button></form>`
  return { title: `${say.login} · Courant`, body }
}
