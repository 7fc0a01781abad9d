import type { Line } from '../document/document.ts'
import { hasDate } from '../fields/dates.ts'
import { phraseKey } from '../fields/folded.ts'
import { kindsByPhrase } from '../vocabulary/vocabulary.ts'

export type SectionKind =
  | 'experience'
  | 'education'
  | 'skills'
  | 'languages'
  | 'summary'
  | 'contact'
  | 'projects'
  | 'certifications'
  | 'interests'
  | 'volunteer'
  | 'awards'
  | 'publications'
  | 'references'
  | 'other'

const phrases = kindsByPhrase('headings.txt')
const longestHeading = 60

/** Nouns that make a heading of a short line in a heading's looks, whatever words stand beside them. */
const nouns: readonly (readonly [RegExp, SectionKind])[] = [
  [/\b(?:experiences?|employment|emplois|stages)\b/, 'experience'],
  [/\b(?:formations?|diplomes?|etudes|education|academic)\b/, 'education'],
  [/\b(?:competences?|skills|savoir[ -]faire|logiciels|technologies|outils)\b/, 'skills'],
  [/\b(?:langues|languages)\b/, 'languages'],
  [/\b(?:projets|projects)\b/, 'projects'],
  [/\b(?:certifications?|habilitations?|certificats?)\b/, 'certifications'],
  [/\b(?:interets?|loisirs|hobbies|interests|passions)\b/, 'interests'],
  [/\b(?:benevolat|benevoles?|volunteer(?:ing)?|associati(?:f|fs|ve|ves))\b/, 'volunteer']
]

/** The section that a text names when it stands as a heading, or null. */
export function headingKind(text: string): SectionKind | null {
  if (text.length > longestHeading) return null
  const key = phraseKey(unspaced(text.replace(/\s?\(\d{1,3}\)$/, ''))).replace(
    /^(?:(?:\d{1,2}|[ivx]{1,4}) |mes |mon |ma |my |the |our )/,
    ''
  )
  const known = phrases.get(key)
  if (known !== undefined) return known as SectionKind
  const parts = key.split(/ (?:et|and|y|e|und) /)
  if (parts.length === 1) return joinedKind(text)
  const kinds = parts.map((part) => phrases.get(part))
  return kinds.every((kind) => kind !== undefined) ? (kinds[0] as SectionKind) : null
}

/** "Langues & loisirs", "Skills / Tools". */
function joinedKind(text: string): SectionKind | null {
  const parts = text
    .split(/[&/+,|]/)
    .map(phraseKey)
    .filter((part) => part !== '')
  if (parts.length < 2 || parts.length > 3) return null
  const kinds = parts.map((part) => phrases.get(part))
  return kinds.every((kind) => kind !== undefined) ? (kinds[0] as SectionKind) : null
}

/** The section that a line in a heading's looks names by one of its nouns. */
export function kindByNoun(text: string): SectionKind | null {
  const key = phraseKey(unspaced(text))
  if (key.split(' ').length > 6 || hasDate(text)) return null
  return nouns.find(([noun]) => noun.test(key))?.[1] ?? null
}

/** "E X P E R I E N C E" is one word. */
export function unspaced(text: string): string {
  return /^(?:\S\s){3,}\S$/u.test(text.trim()) ? text.replace(/\s/g, '') : text
}

/** How a line looks, as headings of one document have it in common. */
export function looks(line: Line): string {
  return `${line.size} ${line.bold ? 'b' : ''}${isCapitals(line.text) ? 'C' : ''} ${line.color}`
}

export function isCapitals(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? []
  return letters.length >= 3 && letters.every((letter) => letter === letter.toUpperCase())
}
