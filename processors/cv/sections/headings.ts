import type { Line } from '../document/document.ts'
import { hasDate } from '../fields/dates.ts'
import { phraseKey } from '../fields/folded.ts'
import { kindsByPhrase, usesByWord } from '../vocabulary/vocabulary.ts'

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
/** Headings of 6 letters and more without their blanks: of wide letters, blanks are guessed ("FORM AT I O N"). */
const oneWord = new Map(
  [...phrases]
    .map(([phrase, kind]) => [phrase.replaceAll(' ', ''), kind] as const)
    .filter(([key]) => key.length >= 6)
)
const words = usesByWord('heading-words.txt')
const joints = new Set('et and de des du d l la le les en a au aux of mes mon ma ou'.split(' '))
/** Adjectives that make another section of any noun: "compétences linguistiques". */
const turning = new Set(['languages', 'volunteer', 'interests'])
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
    /^(?:(?:\d{1,2}|[ivx]{1,4}) |mes |mon |ma |my |the |our |nos |notre )/,
    ''
  )
  const known = phrases.get(key)
  if (known !== undefined) return known as SectionKind
  const respaced = isCapitals(text) ? oneWord.get(key.replaceAll(' ', '')) : undefined
  if (respaced !== undefined) return respaced as SectionKind
  const parts = key.split(/ (?:et|and|y|e|und) /)
  if (parts.length === 1) return joinedKind(text) ?? kindByWords(key)
  const kinds = parts.map((part) => phrases.get(part))
  return kinds.every((kind) => kind !== undefined) ? (kinds[0] as SectionKind) : kindByWords(key)
}

/** "Parcours scolaire et universitaire", "Principales expériences": all of its words are words of headings. */
function kindByWords(key: string): SectionKind | null {
  const own = key.split(' ').filter((word) => word !== '' && !joints.has(word))
  if (own.length < 2 || own.length > 6) return null
  const uses = own.map((word) => words.get(word))
  if (!uses.every((use) => use !== undefined)) return null
  const kind = uses.flatMap((use) => use.filter((each) => isNoun(each)))[0]
  if (kind === undefined) return null
  const turned = uses
    .flatMap((use) => use.filter((each) => each.endsWith('!')))
    .map((each) => each.slice(0, -1))
  if (kind === 'activity') return (turned[0] ?? null) as SectionKind | null
  const isTurned = turned.find((each) => turning.has(each))
  return (isTurned ?? kind) as SectionKind
}

const isNoun = (use: string) => use !== 'modifier' && !use.endsWith('!')

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
