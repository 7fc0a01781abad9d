import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { phraseKey } from '../fields/folded.ts'

/** The phrases of a word list in this folder, by the kind in brackets above them; `#` begins a comment. */
export function wordList(file: string): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>()
  let phrases: string[] = []
  for (const line of readFileSync(join(import.meta.dirname, file), 'utf8').split('\n')) {
    const text = line.trim()
    const kind = text.match(/^\[(.+)\]$/)?.[1]
    if (kind !== undefined) {
      phrases = kinds.get(kind) ?? []
      kinds.set(kind, phrases)
    } else if (text !== '' && !text.startsWith('#')) phrases.push(text)
  }
  return kinds
}

/** From a phrase, as `phraseKey` has it, to its kind. */
export function kindsByPhrase(file: string): ReadonlyMap<string, string> {
  return new Map(
    [...wordList(file)].flatMap(([kind, phrases]) => phrases.map((phrase) => [phraseKey(phrase), kind]))
  )
}

/** From a word to all kinds that it stands under. */
export function usesByWord(file: string): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>()
  for (const [kind, words] of wordList(file))
    for (const word of words) uses.set(word, [...(uses.get(word) ?? []), kind])
  return uses
}
