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
export const trimmed = (text: string): string =>
  /^[\s\u200b\ufeff]|[\s\u200b\ufeff]$/.test(text)
    ? text.replaceAll(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '')
    : text
