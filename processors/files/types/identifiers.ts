/** Figures of an identifier without the blanks, points and quotes that people put between them. */
export const bare = (text: string): string => text.replaceAll(/[\s.'’"\u00a0\u202f-]/g, '')

/** The check of SIREN and SIRET: every second figure from the right doubled, the sum a multiple of ten. */
function hasLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const post = '356000000'

/** La Poste's establishments are checked by the plain sum of their figures, a multiple of five. */
const isPost = (digits: string) =>
  digits.startsWith(post) && Array.from(digits).reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0

/** A SIREN of nine figures that passes its check, or null. */
export function sirenOf(text: string): string | null {
  const digits = bare(text)
  return /^\d{9}$/.test(digits) && hasLuhn(digits) ? digits : null
}

/** A SIRET of fourteen figures that passes its check, or null. */
export function siretOf(text: string): string | null {
  const digits = bare(text)
  if (!/^\d{14}$/.test(digits)) return null
  return hasLuhn(digits) || isPost(digits) ? digits : null
}

/**
 * Whether a spreadsheet has destroyed an identifier: an exponent is left of it, or fourteen figures of which the last
 * ones are zeros that no establishment has.
 */
export const isDestroyed = (text: string): boolean =>
  /^\d[.,]\d+E\+1[0-4]$/i.test(text.trim()) || /^\d{8,9}0{5}$/.test(bare(text))

/** The number of an association: W and nine figures, in Alsace-Moselle and overseas with a letter among them. */
export const isRna = (text: string): boolean => /^W\d[\dA-Z]\d{7}$/i.test(text)

/** The number of a school: seven figures and a letter that is computed from them. */
export function isUai(text: string): boolean {
  if (!/^\d{7}[A-Z]$/i.test(text)) return false
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ'
  return letters[Number(text.slice(0, 7)) % 23] === text[7]?.toUpperCase()
}
