import { kindsByPhrase } from '../vocabulary/vocabulary.ts'
import { folded, phraseKey } from './folded.ts'
import { contentWords, hasWordOf, isTitleCase } from './words.ts'

const cities = kindsByPhrase('cities.txt')
const countries = kindsByPhrase('countries.txt')
const regions = kindsByPhrase('regions.txt')
const longestPlace = 70

const streets =
  /\b(?:apt|unit|suite|floor|bat|batiment|etage|rue|street|st|rd|road|ave|avenue|boulevard|bd|impasse|allee|chemin|place|quartier|bp)\b/

/** Words that stand where a place does. */
const anywhere = /^(?:(?:full |100 ?% )?remote|teletravail(?: complet)?|a distance|hybride?|home office)$/

function isCity(text: string): boolean {
  // "Maçon" is no town, though its letters are those of Mâcon.
  return cities.has(phraseKey(text)) && !hasWordOf('title', text) && !streets.test(folded(text))
}

export function isCountry(text: string): boolean {
  return countries.has(phraseKey(text))
}

function isRegion(text: string): boolean {
  const kind = regions.get(phraseKey(text))
  return kind === 'region' || (kind === 'code' && /^[A-Z]{2,3}$/.test(text.trim()))
}

/** A town's name without its post code, district and department: "75011 Paris", "Paris 11e", "Lyon (69)". */
function townOf(text: string): string {
  return text
    .replace(/^(?:[A-Z]{1,2}-)?\d{4,5}\s+/, '')
    .replace(/\s+\(?\d{1,3}(?:er|e|ème|eme)?(?:\s+arr(?:ondissement|\.)?)?\)?$/iu, '')
    .replace(/\s+(?:cedex(?:\s\d+)?|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{5}(?:-\d{4})?)$/iu, '')
    .trim()
}

/** Whether the whole text is a place: a town, with its region or country, or "remote". */
export function isPlace(text: string): boolean {
  const trimmed = text.trim().replace(/^[([]|[)\]]$/g, '')
  if (trimmed.length > longestPlace || trimmed.length < 2 || /[@:;]/.test(trimmed)) return false
  if (anywhere.test(folded(trimmed))) return true
  const parts = trimmed
    .split(/\s*[,/()]\s*|\s+[-–|·]\s+/)
    .map(townOf)
    .filter((part) => part !== '')
  if (parts.length === 0 || parts.length > 4) return false
  const known = parts.filter((part) => isCity(part) || isCountry(part) || isRegion(part))
  if (known.length === parts.length)
    return !(parts.length === 1 && regions.get(phraseKey(trimmed)) === 'code')
  return parts.length > 1 && isUnknownTown(parts)
}

/** A town that is in no list is believed before a region or country, or behind a post code. */
function isUnknownTown(parts: readonly string[]): boolean {
  const [town = '', ...others] = parts
  const isName =
    isTitleCase(town) &&
    contentWords(town).length <= 3 &&
    !/\d/.test(town) &&
    !hasWordOf('title', town) &&
    !hasWordOf('organisation', town) &&
    !hasWordOf('school', town)
  // Where a known town follows, the first part is no town: "Nexus AI, San Francisco, CA".
  return isName && others.every((part) => isCountry(part) || (isRegion(part) && !isTownOnly(part)))
}

/** "Washington" is a region as well as a town. */
function isTownOnly(part: string): boolean {
  return isCity(part) && !isRegion(part)
}

/** The ISO 3166-1 code of the country that a place is in, or null. */
export function countryCodeOf(place: string): string | null {
  const parts = place.split(/\s*[,()]\s*/).map(townOf)
  const country = parts.map((part) => countries.get(phraseKey(part))).find((code) => code !== undefined)
  if (country !== undefined) return country
  if (parts.slice(1).some((part) => regions.get(phraseKey(part)) === 'code' && /^[A-Z]{2}$/.test(part)))
    return 'US'
  // Towns of one name are in many countries: beside a region that is not known they tell nothing.
  const code = parts.length === 1 ? cities.get(phraseKey(parts[0] ?? '')) : undefined
  return code === undefined || code === 'XX' ? null : code
}

export interface FoundPlace {
  readonly place: string
  /** The text without it. */
  readonly rest: string
}

/** The place at the end of a text, behind a comma, dash or bracket: "Confluent, Mountain View, CA". */
export function placeAtEnd(text: string): FoundPlace | null {
  const bracket = text.match(/^(.{2,}?)\s*\(([^()]{3,60})\)$/)
  if (bracket?.[1] && bracket[2] && isPlace(bracket[2])) return { place: bracket[2], rest: bracket[1] }
  // In capitals people leave the accent out: "ENTREPRISE SOARES A VITRY".
  const plain = /\p{Ll}/u.test(text) ? text : text.replace(/ A (?=\p{Lu}{2})/gu, ' à ')
  const marks = [...plain.matchAll(/\s*,\s+|\s+[-–—|·•]\s+|\s{2,}|\s+(?:à|in)\s+/gu)]
  for (const mark of marks.slice(-3)) {
    const place = text.slice(mark.index + mark[0].length)
    const rest = text.slice(0, mark.index)
    if (rest.trim().length >= 2 && isPlace(place) && !isPlaceless(place, mark[0])) return { place, rest }
  }
  return null
}

/** A region's code alone behind a comma is no place of its own: "… , CA" goes with the town before it. */
function isPlaceless(place: string, mark: string): boolean {
  return mark.includes(',') && regions.has(phraseKey(place)) && !isCity(place)
}

/** The home of a person in a line of contact data: the town with its region or country, without street and code. */
export function homeIn(text: string): string | null {
  const pieces = text
    .split(/\t|\s[|•·◦⋄]\s|\s{3,}|\s[-–—]\s/)
    .map((piece) =>
      piece.replace(
        /^(?:adresse|address|location|lieu|ville|city|localisation|based in|r[eé]sidence|domicile|habite|(?:bas|install|n)[ée]+|r[ée]sid(?:e|ant|ante)|demeurant)\s*(?::|à|\bactuelle\s?:)?\s+/iu,
        ''
      )
    )
  for (const piece of pieces) {
    if (/@|https?:|www\./.test(piece)) continue
    const found = homeOf(piece.trim())
    if (found) return found
  }
  return null
}

const canadianCode = /[\s,]*\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b/

/** "Sherbrooke (Québec) J1H 2B3", "Montréal QC", "Lomé/Togo" and "Abidjan-Cocody" with commas. */
function withCommas(piece: string): string {
  const text = piece.replace(canadianCode, '')
  const [, town, behind] =
    text.match(/^(\p{Lu}[\p{L}'’ -]{1,40}?)(?:\s*\/\s*|\s+|-)(\p{Lu}[\p{L}.'’ -]{1,30})$/u) ?? []
  if (town === undefined || behind === undefined || isCity(text)) return text
  const isFollowed = isCountry(behind) || (/^\p{Lu}{2}$/u.test(behind) && isRegion(behind))
  if (isFollowed && text[town.length] !== '-') return `${town}, ${behind}`
  // A quarter behind its town's hyphen.
  return isCity(town) && text[town.length] === '-' ? town : text
}

function homeOf(written: string): string | null {
  const piece = withCommas(written)
  const parts = piece
    .split(/\s*,\s*/)
    .map((part) => part.replace(/\s*\(.*\)$/, '').trim())
    .filter((part) => part !== '')
  const index = townIndex(parts, piece)
  const town = parts[index]
  if (town === undefined)
    return isPlace(piece) && parts.length > 1 && !isRegion(parts[0] ?? '') ? piece : null
  const after = parts
    .slice(index + 1)
    .map(townOf)
    .filter(
      (part, at, all) =>
        isRegion(part) ||
        isCountry(part) ||
        (at === 0 && all.length > 1 && isTitleCase(part) && !/\d/.test(parts[index + 1] ?? ''))
    )
  const bracket = piece.match(/\(([^)]+)\)/)?.[1]
  const region =
    bracket && (isCountry(bracket) || regions.get(phraseKey(bracket)) === 'region') ? [bracket] : []
  return [townName(town), ...after, ...region].slice(0, 3).join(', ')
}

/** The part that is most a town: before a region or country, or with a post code, rather than "Apt 6" of a street. */
function townIndex(parts: readonly string[], piece: string): number {
  const scores = parts.map((part, index) => {
    if (!isTown(part) && !isNamedTown(parts, index)) return 0
    const next = parts[index + 1]
    const isFollowed = next !== undefined && (isRegion(townOf(next)) || isCountry(townOf(next)))
    return (
      1 +
      (isFollowed ? 2 : 0) +
      (/^\d{4,5}\s|\d{5}$/.test(part) ? 1 : 0) +
      (/\d/.test(parts[index - 1] ?? '') && piece.includes(',') ? 0.5 : 0)
    )
  })
  const best = Math.max(...scores, 0)
  return best > 0 ? scores.indexOf(best) : -1
}

/** A town in no list: after a street and before a region or country. */
function isNamedTown(parts: readonly string[], index: number): boolean {
  const [part = '', next] = [parts[index], parts[index + 1]]
  const isBehindStreet =
    next !== undefined &&
    index === 1 &&
    /\d/.test(parts[0] ?? '') &&
    parts.slice(1).some((other) => isCountry(other) || isRegion(other))
  return (
    isBehindStreet &&
    isTitleCase(part) &&
    !/\d/.test(part) &&
    contentWords(part).length <= 3 &&
    !streets.test(folded(part)) &&
    !isRegion(part) &&
    !isCountry(part)
  )
}

function isTown(part: string): boolean {
  if (isCity(townOf(part))) return true
  const coded = part.match(/^(?:[A-Z]{1,2}-)?\d{4,5}\s+(\p{Lu}[\p{L}' -]{2,40})$/u)
  if (coded?.[1] && isTitleCase(coded[1])) return true
  // A street before the town on one line: "12 rue des Lilas 75011 Paris".
  return /\d{4,5}\s+\p{Lu}[\p{L}' -]{2,40}$/u.test(part)
}

function townName(part: string): string {
  const coded = part.match(/(?:^|\s)\d{4,5}\s+(\p{Lu}[\p{L}' -]{2,40})$/u)
  return townOf(coded?.[1] ?? part)
}
