/**
 * What a terminal obeys, or what hides what stands where: control characters but tab and line feed, marks of writing
 * direction, and separators and spaces without a width. Those that join letters and emoji stay.
 */
const unseen =
  // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/**
 * Text as it may be shown at a terminal, whoever wrote it: what a terminal would obey stands there as its escape, such as
 * \u001b, which JSON reads as what it was.
 */
export const visible = (text: string): string =>
  text.replaceAll(unseen, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The same in one line, for a cell of a table. */
export const visibleLine = (text: string): string =>
  visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
