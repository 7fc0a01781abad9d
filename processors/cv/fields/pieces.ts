import type { Line } from '../document/document.ts'
import { isContract, withoutContract } from './contracts.ts'
import { dateRanges, withoutDates } from './dates.ts'
import { type Entry, endsSentence, isOfTwoWeights } from './entries.ts'
import { folded } from './folded.ts'
import { partedByOpener, partedByWeight } from './parted.ts'
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

const duration =
  /^\(?(?:depuis |pendant |durant |environ |for )?\d+ (?:ans?|annees?|mois|semaines?|years?|months?|weeks?|yrs?|mos?)(?: (?:et )?\d+ (?:mois|months?|mos?))?\)?$/

/** Takes dates and places out of an entry's header, and gives what is left in pieces. */
export function headerOf({ header: rows, dates }: Entry, keepsPlaces = false): Header {
  const { header, rest } = beforeSentences(rows, keepsPlaces)
  const dateRow = header.findIndex((line) => hasRange(line, dates))
  const pieces: Piece[] = []
  const told: Line[] = []
  const all: string[] = []
  let location: string | null = null
  for (const [row, line] of header.entries()) {
    if (row > Math.max(dateRow, 0) && !isWanted(line, pieces, location)) {
      told.push(...header.slice(row))
      break
    }
    const texts = textsOf(line, keepsPlaces)
    all.push(...texts)
    for (const text of texts.filter((each) => isTelling(each, keepsPlaces))) {
      if (location === null && isPlace(text)) location = text.replace(/^[([]|[)\]]$/g, '')
      else pieces.push({ text })
    }
  }
  const rests = [...told, ...rest]
  if (keepsPlaces) return { pieces, location, told: rests }
  return { ...withPlace(withRole(pieces, all), location), told: rests }
}

function textsOf(line: Line, isSchool: boolean): readonly string[] {
  const texts = line.cells.flatMap((cell) => split(withoutDates(partedByWeight(cell, isSchool)), isSchool))
  return isSchool ? texts : texts.flatMap(partedByOpener)
}

/** A kind of contract that is what the person was, where nothing else says it: "Stagiaire, Cour d'appel". */
const persons = /^(?:stagiaire|benevole|vacataire|saisonniere?|interimaire|independante?|freelance)$/

/** What the person was by the kind of contract alone, where no title stands beside it. */
function withRole(pieces: readonly Piece[], texts: readonly string[]): readonly Piece[] {
  const role = texts.find((text) => persons.test(folded(text)))
  const isNamed = role === undefined || pieces.some(({ text }) => hasWordOf('title', text))
  return isNamed ? pieces : [{ text: role }, ...pieces]
}

const spanAtEnd = /\s*\((?:pendant |durant )?\d{1,2}\s(?:mois|ans?|semaines?|months?|weeks?|years?)\)$/iu
const honours =
  /\s*[,–—-]?\s*\(?mention\s+(?:(?:tr[eè]s|assez)\s+)?(?:bien|honorable|passable)(?:\s+avec\s+f[ée]licitations(?:\s+du\s+jury)?)?\)?(?=\s*(?:,|$))/iu

/** "Acme, Brest. Contrôle des stocks": where a header goes on in sentences, what follows the stop tells about the job. */
function beforeSentences(
  rows: readonly Line[],
  isSchool: boolean
): { header: readonly Line[]; rest: readonly Line[] } {
  for (const [index, line] of rows.entries()) {
    const cell = line.cells.at(-1)
    const [name, more] = (cell && (atStop(cell.text) ?? (isSchool ? null : atRemark(cell.text)))) ?? []
    if (!cell || name === undefined || more === undefined) continue
    const own = {
      ...line,
      text: line.text.replace(cell.text, name),
      cells: [...line.cells.slice(0, -1), { ...cell, text: name }]
    }
    const told = { ...line, text: more, cells: [{ ...cell, text: more }] }
    return { header: [...rows.slice(0, index), own], rest: [told, ...rows.slice(index + 1)] }
  }
  return { header: rows, rest: [] }
}

type Parted = readonly [name: string, more: string]

function atStop(text: string): Parted | null {
  const [, name, more] = text.match(/^(.{8,140}?\p{L}{3,}\)?)\.\s+(\p{L}{3,}(?:[\s,].*)?)$/u) ?? []
  if (name === undefined || more === undefined) return null
  return endsSentence(name) || /\b(?:inc|ltd|st|ste|cie|corp)$/i.test(name) ? null : [name, more]
}

/** "Elec Ouest (pose de tableaux, dépannage)": a list in brackets tells what the job or the firm is about. */
function atRemark(text: string): Parted | null {
  const [, name, more] = text.match(/^([^()]{4,120}?)\s*\((\p{Ll}[^()]{20,200})\)$/u) ?? []
  return name !== undefined && more?.includes(', ') ? [name, more] : null
}

function hasRange(line: Line, dates: Entry['dates']): boolean {
  if (dates === null) return false
  return dateRanges(line.text).some((range) => range.start === dates.start && range.end === dates.end)
}

/** Neither a kind of contract, nor an address on the web, nor a mark. */
function isTelling(text: string, isSchool: boolean): boolean {
  if (isSchool && /^(?:gpa|note|moyenne|mention|grade)\b/i.test(text)) return false
  return !isContract(text) && !duration.test(folded(text)) && !isAddress(text)
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
    (told < 60 && isMissingTitle(line, pieces)) ||
    isMissingSchool(line, pieces) ||
    isMissingFirm(line, pieces)
  return isMissing && told < (isOfTwoWeights(line) ? 140 : 75) && !endsSentence(line.text)
}

function isMissingTitle(line: Line, pieces: readonly Piece[]): boolean {
  const isTitled = pieces.some(({ text }) => hasWordOf('title', text))
  return pieces.length < 4 && hasWordOf('title', line.text) && !isTitled
}

/** A degree of two names ("DEES – Diplôme d'État …") may stand above its school. */
function isMissingSchool(line: Line, pieces: readonly Piece[]): boolean {
  const hasSchool = pieces.some(({ text }) => hasWordOf('school', text))
  return (
    pieces.length < 4 &&
    hasWordOf('school', line.text) &&
    !hasSchool &&
    pieces.some(({ text }) => hasWordOf('degree', text))
  )
}

/** "Professeure des écoles – CE1": the second part of a title is no employer where the next line has the word of one. */
function isMissingFirm(line: Line, pieces: readonly Piece[]): boolean {
  const isFirm = (text: string) => hasWordOf('organisation', text) || hasWordOf('school', text)
  const [, second] = pieces
  return (
    pieces.length === 2 &&
    second !== undefined &&
    second.text.length < 12 &&
    /\d/.test(second.text) &&
    isFirm(line.text)
  )
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
    .map((part) => (isSchool ? part.replace(honours, '') : part.replace(spanAtEnd, '')))
    .map((part) => withoutContract(part.replace(/^[\s,;:–—|(]+(?=[^)]*$)|[\s,;:–—|]+$/gu, '').trim()))
    .filter((part) => /[\p{L}\d]/u.test(part))
    .reduce<string[]>(goingOn, [])
}

/** "Étudiante jobiste – caisse": what begins with a small letter behind a dash goes on, unless it names a job. */
function goingOn(parts: string[], part: string): string[] {
  const last = parts.at(-1)
  const isMore =
    last !== undefined &&
    /^\p{Ll}{2,}/u.test(part) &&
    !hasWordOf('title', part) &&
    !isContract(part) &&
    !duration.test(folded(part))
  return isMore ? [...parts.slice(0, -1), `${last} – ${part}`] : [...parts, part]
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

const unknownPlace =
  /^(.{3,}?)(?:\s*\(([^()\d]{3,40})\)|,\s+([^,()\d]{3,40})|\s+(?:à|A(?= \p{Lu}{2}))\s+([^,()\d]{3,40}))$/u

/**
 * Small towns are in no list. Where half of a section's entries or more end in a place that is known, what stands at the
 * same place in the others and is a name is one, too.
 */
export function withUnknownPlaces(headers: readonly Header[]): Header[] {
  const known = headers.filter(({ location }) => location !== null).length
  if (headers.length < 2 || known === 0 || known * 2 < headers.length) return [...headers]
  return headers.map((header) => {
    if (header.location !== null) return header
    for (const [index, piece] of header.pieces.entries()) {
      const [, rest, ...ends] = piece.text.match(unknownPlace) ?? []
      const place = ends.find((end) => end !== undefined)
      if (rest === undefined || place === undefined || !isNameOfPlace(place)) continue
      return { ...header, pieces: header.pieces.with(index, { ...piece, text: rest }), location: place }
    }
    return header
  })
}

function isNameOfPlace(text: string): boolean {
  return (
    isTitleCase(text) &&
    contentWords(text).length <= 4 &&
    !/^\p{Lu}{2,6}$/u.test(text) &&
    !(['title', 'organisation', 'school'] as const).some((kind) => hasWordOf(kind, text))
  )
}
