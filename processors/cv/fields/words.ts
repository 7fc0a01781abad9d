import { wordList } from '../vocabulary/vocabulary.ts'
import { folded, phraseKey } from './folded.ts'

type Kind = 'title' | 'organisation' | 'degree' | 'school'

const patterns = new Map(
  [...wordList('job-words.txt')].map(([kind, words]) => {
    const alternatives = [...new Set(words)]
      .sort((a, b) => b.length - a.length)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return [kind, new RegExp(`(?<![a-z0-9])(?:${alternatives.join('|')})s?(?![a-z0-9])`)] as const
  })
)

/** Whether a text has a word that titles, organisations, degrees or schools have. */
export function hasWordOf(kind: Kind, text: string): boolean {
  return patterns.get(kind)?.test(folded(text)) ?? false
}

const small = new Set(
  'de du des la le les l d et en a au aux of the and in for at to with von van del di y & e'.split(' ')
)

/** Words of a text that carry meaning. */
export function contentWords(text: string): string[] {
  return phraseKey(text)
    .split(' ')
    .filter((word) => word !== '' && !small.has(word))
}

/** Whether a text reads like a name: its words begin with capitals, but for small words. */
export function isTitleCase(text: string): boolean {
  const words = text.split(/[\s'’-]+/u).filter((word) => /\p{L}/u.test(word))
  const named = words.filter((word) => /^\p{Lu}/u.test(word) || small.has(folded(word)))
  return words.length > 0 && named.length === words.length
}
