/**
 * Text without case, accents and typographic quotes, of the same length as the text, so that places in one are places
 * in the other.
 */
export function folded(text: string): string {
  let result = ''
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 128) result += code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : text[index]
    else result += foldedSign(text[index] as string)
  }
  return result
}

const signs: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '`': "'",
  '´': "'",
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
  œ: 'o',
  Œ: 'o',
  '\u2011': '-',
  '\u2010': '-'
}

function foldedSign(sign: string): string {
  const known = signs[sign]
  if (known !== undefined) return known
  const plain = sign.normalize('NFD')[0] ?? sign
  return plain.toLowerCase().length === 1 ? plain.toLowerCase() : plain
}

/** A phrase's words in lower case without accents, parted by single blanks; what comparisons of phrases go by. */
export function phraseKey(text: string): string {
  return folded(text.replace(/[œŒ]/g, 'oe').replace(/[æÆ]/g, 'ae'))
    .replace(/[^a-z0-9+#]+/g, ' ')
    .trim()
}
