/** A text within HTML or XML. */
export const html = (text: string | undefined) =>
  (text ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What `build` makes of a text, or nothing where there is none. */
export const when = (text: string, build: (text: string) => string) => (text === '' ? '' : build(html(text)))

/** Parts that are there, with a mark between them. */
export const joined = (parts: readonly string[], mark: string) =>
  parts.filter((part) => part !== '').join(mark)

/** Every item as `build` makes it. */
export const each = <T>(items: readonly T[], build: (item: T, index: number) => string) =>
  items.map(build).join('')
