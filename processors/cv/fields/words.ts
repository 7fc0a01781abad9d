import { wordList } from '../vocabulary/vocabulary.ts'
import { folded, phraseKey } from './folded.ts'

type Kind = 'title' | 'organisation' | 'degree' | 'school'

/** Phrases of a kind: those that count however they are written, and short forms that count in capitals only. */
interface Phrases {
  readonly any: ReadonlySet<string>
  readonly capitals: ReadonlySet<string>
}

const isShortForm = (word: string) => /^[A-Z0-9+]{2,6}$/.test(word)

const phrases = new Map<string, Phrases>(
  [...wordList('job-words.txt')].map(([kind, words]) => [
    kind,
    {
      any: new Set(words.filter((word) => !isShortForm(word)).map((word) => keyOf(word))),
      capitals: new Set(words.filter(isShortForm))
    }
  ])
)
const longestPhrase = 5

/** "b.a." is "ba". */
function keyOf(text: string): string {
  return phraseKey(text.replace(/\b(\p{L})\.(?=\p{L}\b)/gu, '$1'))
}

const remembered = new Map<string, ReadonlySet<string>>()

/** Whether a text has a word that titles, organisations, degrees or schools have. */
export function hasWordOf(kind: Kind, text: string): boolean {
  let kinds = remembered.get(text)
  if (kinds === undefined) {
    // One document asks for its few lines again and again.
    if (remembered.size > 2_000) remembered.clear()
    kinds = kindsIn(text)
    remembered.set(text, kinds)
  }
  return kinds.has(kind)
}

function kindsIn(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  const shown = text.slice(0, 400)
  const words = keyOf(shown).split(' ')
  let at = 0
  while (at < words.length) at += taken(words, at, found)
  for (const word of shown.match(/(?<![\p{L}\d])[A-Z][A-Z0-9+]{1,5}(?![\p{L}\d])/gu) ?? [])
    for (const [kind, { capitals }] of phrases) if (capitals.has(word)) found.add(kind)
  return found
}

/** Takes the longest phrase at a place, so that "brevet des collèges" is a degree and no school; gives its length. */
function taken(words: readonly string[], at: number, found: Set<string>): number {
  for (let length = Math.min(longestPhrase, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).join(' ')
    const singular = phrase.endsWith('s') ? phrase.slice(0, -1) : phrase
    const kinds = [...phrases].filter(([, { any }]) => any.has(phrase) || any.has(singular))
    for (const [kind] of kinds) found.add(kind)
    if (kinds.length > 0) return length
  }
  return 1
}

/** Endings of French names of trades: "coffreur", "tourière", "ascensoriste", "opticienne". */
const trade = /^\p{L}{2,}(?:eur|euse|rice|iere?|iste|icien|icienne|ologue)s?$/u
const noTrade = new Set(
  'atelier chantier courrier quartier dossier metier secteur valeur moteur coeur fleur couleur interieur exterieur superieur honneur mineur premier premiere dernier derniere particulier particuliere entier entiere janvier fevrier foncier financier financiere hospitalier hospitaliere immobilier mobilier papier sentier clavier cahier calendrier laurier olivier soleil aire affaire affaires restaurant etudiant secretariat commentaire horaire salaire inventaire territoire universitaire scolaire sanitaire alimentaire agroalimentaire publicitaire humanitaire important environnement etablissement agence avant devant pendant durant instant constant client clients clientele patient accident moment element departement developpement management logement batiment riviere carriere matiere lumiere frontiere premiere maniere derriere cuisiniere entiere piste liste'.split(
    ' '
  )
)

/** Whether the first word of a text has the form of a trade's name, which no list has all of. */
export function beginsLikeTrade(text: string): boolean {
  const first = folded(text).match(/^[a-z'-]+/)?.[0] ?? ''
  return first.split('-').some((word) => trade.test(word) && !noTrade.has(word))
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
