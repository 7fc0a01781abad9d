const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Markup that only `html` makes: a text cannot be one. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** What `html` wrote; whatever was put into it is escaped there. */
  static of(strings: TemplateStringsArray, parts: readonly Part[]): Html {
    return new Html(strings.map((text, index) => text + written(parts[index])).join(''))
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand in a template: texts and numbers are escaped, markup is not, null and false are nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[]

/** Writes HTML; everything that is put in is text, unless it was written by this function itself. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  Html.of(strings, parts)

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.toString()
  if (typeof part === 'object') return part.map(written).join('')
  return escapeHtml(String(part))
}

/** Text as it may stand in HTML, in quoted attributes too; what turns a line around or hides in it is made visible. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\uFFFD'))

/** An address of ours, with each part of its path and its query encoded. */
export function address(
  path: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {}
): string {
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]]
    )
  ).toString()
  return `/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}
