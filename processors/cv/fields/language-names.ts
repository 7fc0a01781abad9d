import { kindsByPhrase } from '../vocabulary/vocabulary.ts'
import { phraseKey } from './folded.ts'

const names = kindsByPhrase('languages.txt')

/** The ISO 639 code of a human language by its name, or null. */
export function languageOf(name: string): string | null {
  return names.get(phraseKey(name)) ?? null
}
