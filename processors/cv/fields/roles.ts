import type { Piece } from './pieces.ts'
import { beginsLikeTrade, hasWordOf } from './words.ts'

/** What two kinds of pieces an entry has: what is done, and where. */
export interface Kinds {
  readonly what: 'title' | 'degree'
  readonly where: 'organisation' | 'school'
}

export interface Named {
  readonly what: string | null
  readonly where: string | null
  readonly others: readonly string[]
  readonly confidence: number
}

export const nothingNamed: Named = { what: null, where: null, others: [], confidence: 0 }

/**
 * Tells for all entries of a section which piece says what and which says where: by words, and, as one document has
 * one order, by what most entries show.
 */
export function rolesOf(entries: readonly (readonly Piece[])[], kinds: Kinds): Named[] {
  const apart = entries.map((pieces) =>
    kinds.where === 'school' && pieces.length === 1 ? pieces.flatMap(partedByBracket) : pieces
  )
  const parted = apart.map((pieces) =>
    pieces.length === 1 || (kinds.where === 'school' && !pieces.some(({ text }) => isWhereOnly(text, kinds)))
      ? pieces.flatMap((piece) => partedByComma(piece, kinds))
      : pieces
  )
  const vote = parted.reduce((sum, [a, b]) => sum + (a && b ? Math.sign(leaning(a, b, kinds)) : 0), 0)
  return parted.map((pieces) => named(pieces, vote, kinds))
}

function score(text: string, { what, where }: Kinds): number {
  const isWhere = hasWordOf(where, text) ? (where === 'school' ? 3 : 1.5) : 0
  const isLike = what === 'title' && isWhere === 0 && beginsLikeTrade(text)
  const isWhat = hasWordOf(what, text) ? 2 : isLike ? 1 : 0
  return isWhat - isWhere
}

const isWhereOnly = (text: string, kinds: Kinds) =>
  hasWordOf(kinds.where, text) && !hasWordOf(kinds.what, text)

const leaning = (a: Piece, b: Piece, kinds: Kinds) => score(a.text, kinds) - score(b.text, kinds)

/** "BP électricien (CFA de Saint-Grégoire)": the school stands in brackets behind the degree. */
function partedByBracket(piece: Piece): readonly Piece[] {
  const [, degree, school] = piece.text.match(/^([^()]{2,90}?)\s*\(([^()]{3,60})\)$/u) ?? []
  if (degree === undefined || school === undefined) return [piece]
  const isSchool = hasWordOf('school', school) && !hasWordOf('school', degree)
  return isSchool
    ? [
        { ...piece, text: degree },
        { ...piece, text: school }
      ]
    : [piece]
}

/** "Ingénieur qualité, Airbus" in one piece: at the comma behind which there is no more of the same kind. */
function partedByComma(piece: Piece, kinds: Kinds): readonly Piece[] {
  const parts = piece.text.split(
    kinds.where === 'school' ? /,\s+|\s+(?:at|à l['’]|à la|à)\s+(?=\p{Lu})/u : /,\s+/
  )
  for (let at = 1; at < parts.length; at++) {
    const [left, right] = [parts.slice(0, at).join(', '), parts.slice(at).join(', ')]
    if (!areApart(score(left, kinds), score(right, kinds)) || goesOn(parts, at, kinds)) continue
    return [
      { ...piece, text: left },
      { ...piece, text: right }
    ]
  }
  return [piece]
}

/** Whether of two texts one is surely of a kind, and the other is not. */
function areApart(left: number, right: number): boolean {
  return Math.abs(left - right) >= 2 && Math.max(left, right) > 0 && Math.min(left, right) <= 0
}

/** What follows a comma may itself go on: "Data engineer, platform team, Acme", "Master, génie logiciel, Université". */
function goesOn(parts: readonly string[], at: number, kinds: Kinds): boolean {
  const isWhatFirst = score(parts.slice(0, at).join(', '), kinds) > score(parts.slice(at).join(', '), kinds)
  if (!isWhatFirst || parts[at + 1] === undefined) return false
  const own = score(parts[at] ?? '', kinds)
  return own > 0 || (own === 0 && kinds.where === 'school' && hasSchoolBehind(parts, at))
}

function hasSchoolBehind(parts: readonly string[], at: number): boolean {
  return parts.slice(at + 1).some((part) => hasWordOf('school', part))
}

function named(pieces: readonly Piece[], vote: number, kinds: Kinds): Named {
  const [a, b, ...others] = pieces
  if (!a) return nothingNamed
  if (!b) {
    const isWhere = score(a.text, kinds) < 0
    return { what: isWhere ? null : a.text, where: isWhere ? a.text : null, others: [], confidence: 0.6 }
  }
  const best = pair(pieces, kinds)
  if (best) return best
  const own = leaning(a, b, kinds)
  const whatFirst = own + Math.sign(vote) * 1.5 > 0 || (own === 0 && vote === 0)
  const [what, where] = whatFirst ? [a, b] : [b, a]
  return {
    what: what.text,
    where: where.text,
    others: others.map((piece) => piece.text),
    confidence: Math.abs(own) >= 2 ? 0.93 : vote !== 0 ? 0.85 : 0.65
  }
}

/** With three pieces or more, the one that is most what, and the one that is most where. */
function pair(pieces: readonly Piece[], kinds: Kinds): Named | null {
  if (pieces.length < 3) return null
  const scores = pieces.map((piece) => score(piece.text, kinds))
  const highest = Math.max(...scores)
  const lowest = Math.min(...scores)
  if (highest <= 0 && lowest >= 0) return null
  const what =
    highest > 0 ? scores.indexOf(highest) : scores.findIndex((_, index) => index !== scores.indexOf(lowest))
  const where =
    lowest < 0 && scores.indexOf(lowest) !== what
      ? scores.indexOf(lowest)
      : scores.findIndex((_, index) => index !== what)
  const others = pieces.filter((_, index) => index !== what && index !== where).map((piece) => piece.text)
  return { what: pieces[what]?.text ?? null, where: pieces[where]?.text ?? null, others, confidence: 0.85 }
}

/** How much the entries of a section are of one form: where some lack what others have, all are less sure. */
export function agreementOf(roles: readonly Named[]): number {
  const whole = roles.filter(({ what, where }) => what !== null && where !== null).length
  const share = roles.length === 0 ? 0 : whole / roles.length
  return share >= 0.99 ? 1 : share >= 0.6 ? 0.9 : 0.75
}
