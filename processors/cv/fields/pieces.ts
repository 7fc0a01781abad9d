import type { Line } from '../document/document.ts'
import { dateRanges, withoutDates } from './dates.ts'
import { type Entry, endsSentence } from './entries.ts'
import { folded } from './folded.ts'
import { isPlace, placeAtEnd } from './places.ts'
import { contentWords, hasWordOf, isTitleCase } from './words.ts'

/** A part of an entry's header. */
export interface Piece {
  readonly text: string
}

export interface Header {
  readonly pieces: readonly Piece[]
  readonly location: string | null
  /** Lines taken for the header that tell about the entry instead. */
  readonly told: readonly Line[]
}

const contract =
  /^(?:cdi|cdd|stage(?: de fin d'etudes)?|alternance|apprentissage|interim|interimaire|temps plein|temps partiel|full[- ]?time|part[- ]?time|freelance|contract|contrat.*|permanent|internship|seasonal|saisonnier|benevolat|remote|on[- ]?site|hybrid|\(?\d+ (?:ans?|mois|years?|months?|yrs?|mos?)(?: (?:et )?\d+ (?:mois|months?|mos?))?\)?)$/

/** Takes dates and places out of an entry's header, and gives what is left in pieces. */
export function headerOf({ header, dates }: Entry, keepsPlaces = false): Header {
  const dateRow = header.findIndex((line) => hasRange(line, dates))
  const pieces: Piece[] = []
  const told: Line[] = []
  let location: string | null = null
  for (const [row, line] of header.entries()) {
    if (row > Math.max(dateRow, 0) && !isWanted(line, pieces, location)) {
      told.push(...header.slice(row))
      break
    }
    const texts = line.cells.flatMap((cell) => split(withoutDates(cell.text), keepsPlaces))
    for (const text of texts.filter((each) => isTelling(each, keepsPlaces))) {
      if (location === null && isPlace(text)) location = text.replace(/^[([]|[)\]]$/g, '')
      else pieces.push({ text })
    }
  }
  return { ...(keepsPlaces ? { pieces, location } : withPlace(pieces, location)), told }
}

function hasRange(line: Line, dates: Entry['dates']): boolean {
  if (dates === null) return false
  return dateRanges(line.text).some((range) => range.start === dates.start && range.end === dates.end)
}

/** Neither a kind of contract, nor an address on the web, nor a mark. */
function isTelling(text: string, isSchool: boolean): boolean {
  if (isSchool && /^(?:gpa|note|moyenne|mention|grade)\b/i.test(text)) return false
  return !contract.test(folded(text)) && !isAddress(text)
}

/** A line behind the dates is of the header while something is missing that it could be. */
function isWanted(line: Line, pieces: readonly Piece[], location: string | null): boolean {
  if (line.cells.every((cell) => isPlace(cell.text)) && location === null) return true
  if (line.bullet) return false
  if (isAddress(line.text)) return true
  const told = line.cells
    .filter((cell) => !isAddress(cell.text))
    .reduce((sum, cell) => sum + cell.text.replace(/https?:\S+/g, '').length, 0)
  const isMissing =
    pieces.length < 2 ||
    (pieces.length < 4 &&
      told < 60 &&
      hasWordOf('title', line.text) &&
      !pieces.some((piece) => hasWordOf('title', piece.text)))
  return isMissing && told < 75 && !endsSentence(line.text)
}

function isAddress(text: string): boolean {
  return /^(?:https?:\/\/|www\.)\S+(?:\s*\(?https?:\S*)?$|^\S+\.(?:com|org|net|io|fr)\/?\S*$/i.test(
    text.trim()
  )
}

/** Parts at marks that never stand within a name: bars, dots, spaced dashes, "at". */
function split(text: string, isSchool: boolean): string[] {
  return text
    .replace(/\s*\(?https?:\S+/g, ' ')
    .split(
      isSchool
        ? /\s*[|•·⋄◦]\s*|\s+[–—-]\s+|\s+[–—]\s*|\s+:\s+|:\s{1,2}(?=\p{Lu})/u
        : /\s*[|•·⋄◦]\s*|\s+[–—-]\s+|\s+[–—]\s*|\s+(?:@|at|chez)\s+|\s+:\s+|:\s{1,2}(?=\p{Lu})/u
    )
    .map((part) => part.replace(/^[\s,;:–—|(]+(?=[^)]*$)|[\s,;:–—|]+$/gu, '').trim())
    .filter((part) => /[\p{L}\d]/u.test(part))
}

/** Where a third part of a header is a name and no job or organisation, it is where that was. */
export function placeAmong(others: readonly string[]): string | null {
  const isName = (text: string) =>
    isTitleCase(text) &&
    contentWords(text).length <= 4 &&
    !/\d/.test(text) &&
    !hasWordOf('title', text) &&
    !hasWordOf('organisation', text)
  return others.find((text) => text.length < 40 && isName(text)) ?? null
}

/** The place at a piece's end goes out of it where no piece is a place by itself. */
function withPlace(pieces: readonly Piece[], location: string | null): Pick<Header, 'pieces' | 'location'> {
  if (location !== null) return { pieces, location }
  for (const [index, piece] of pieces.entries()) {
    const found = placeAtEnd(piece.text)
    if (!found) continue
    const rest = { ...piece, text: found.rest.replace(/[\s,;–—-]+$/u, '') }
    return { pieces: pieces.with(index, rest), location: found.place }
  }
  return { pieces, location }
}
