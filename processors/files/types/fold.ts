/** A name without accents, case and signs, as names are compared: `Code.département` is `code departement`. */
export function fold(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('œ', 'oe')
    .replaceAll('Œ', 'oe')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}%€°\ufffd]+/gu, ' ')
    .trim()
}

/** Blanks of every width at the ends of a cell, and those that nobody sees, are no part of it. */
export function trimmed(text: string): string {
  const { length } = text
  // Most cells have none: the ends alone tell.
  if (length === 0 || (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(length - 1)))) return text
  return text.replaceAll(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '')
}

const isPlain = (code: number) => code > 0x20 && code < 0x7f
