import type { Line } from '../document/document.ts'
import { folded } from './folded.ts'
import { languageOf } from './language-names.ts'

export interface Language {
  /** ISO 639-1, or -3 where that has none. */
  readonly language: string
  /** CEFR where the text has it, else its own words. */
  readonly level: string | null
}

const cefr = /(?<![a-z0-9])([abc][12])(?:\s?[+-])?(?![a-z0-9])/i
const separators = /\t|\s*[|•·;/]\s*|,\s+|\s+et\s+|\s+and\s+/u

/** The languages of a section, each with what stands beside or under it. */
export function languagesOf(lines: readonly Line[]): Language[] {
  const found = new Map<string, string | null>()
  let last: string | null = null
  let row: string[] = []
  for (const pieces of lines.map((line) => piecesOf(line.text))) {
    if (isRowOfLevels(pieces, row)) {
      for (const [index, piece] of pieces.entries()) found.set(row[index] as string, levelOf(piece))
      row = []
      continue
    }
    row = pieces.flatMap((piece) => languageOf(piece) ?? [])
    for (const piece of pieces) last = take(found, piece, last)
  }
  return [...found].map(([language, level]) => ({ language, level }))
}

/** Levels in a row under a row of languages. */
function isRowOfLevels(pieces: readonly string[], row: readonly string[]): boolean {
  return row.length > 1 && pieces.length === row.length && pieces.every((piece) => languageIn(piece) === null)
}

/** "Lu, écrit, parlé": ways to know a language, which make one level. */
const ways = /(?:^|, )(?:lue?|ecrite?|parlee?|comprise?|read|written|spoken)$/

/** Takes a language, or the level of the one before; gives the language that a following level is of. */
function take(found: Map<string, string | null>, piece: string, last: string | null): string | null {
  const named = languageIn(piece)
  if (named) {
    found.set(named.language, found.get(named.language) ?? named.level)
    return named.language
  }
  if (last === null || !isLevel(piece)) return last
  const known = found.get(last)
  if (!known) found.set(last, levelOf(piece))
  else if (ways.test(folded(known)) && ways.test(folded(piece)))
    found.set(last, `${known}, ${levelOf(piece)}`)
  return last
}

/** "Français et anglais (bilingue)": the level is of both. */
function sharedLevel(text: string): string {
  const [all, first, second, level] = text.match(
    /(?<![\p{L}-])(\p{L}{3,20}) (?:et|and|&) (\p{L}{3,20}) ?(\([^()]{2,40}\))/u
  ) ?? ['', '', '']
  const areBoth = languageOf(first ?? '') !== null && languageOf(second ?? '') !== null
  return areBoth ? text.replace(all, `${first} ${level}, ${second} ${level}`) : text
}

/** Commas part languages, and also a language from its level. */
function piecesOf(text: string): string[] {
  const plain = sharedLevel(text.replaceAll('(s)', 's')).replace(/^\s*(?:langues?|languages?)\s*:\s*/iu, '')
  return splitOutsideBrackets(plain)
    .flatMap((piece) => piece.split(/(?<=\p{L})\.\s+(?=\p{Lu})/u))
    .flatMap(atDashes)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
}

/** "Français : excellent — Anglais : intermédiaire": a dash parts languages where one stands behind it. */
function atDashes(piece: string): string[] {
  const parts = piece.split(/\s+[–—-]\s+/u)
  return parts.reduce<string[]>((found, part) => {
    const isNew = found.length === 0 || languageOf(part.split(/[\s:(]/u)[0] ?? '') !== null
    return isNew ? [...found, part] : [...found.slice(0, -1), `${found.at(-1)} – ${part}`]
  }, [])
}

function splitOutsideBrackets(text: string): string[] {
  const brackets: string[] = []
  const masked = text.replace(/\([^()]{0,120}\)/g, (bracket) => {
    brackets.push(bracket)
    return `\u2063${brackets.length - 1}\u2063`
  })
  return masked
    .split(separators)
    .map((piece) => piece.replace(/\u2063(\d+)\u2063/g, (_, index) => brackets[Number(index)] ?? ''))
}

function languageIn(piece: string): Language | null {
  const whole = languageOf(piece)
  if (whole) return { language: whole, level: null }
  const parted = piece.match(/^([\p{L}' ]{3,40}?)\s*[:(–—-]\s*(.+?)\)?$/u)
  if (parted?.[1] && parted[2]) {
    const language = languageOf(parted[1])
    if (language) return { language, level: levelOf(parted[2]) }
  }
  return byWords(piece)
}

/** "Anglais courant", "Bon niveau d'anglais". */
function byWords(piece: string): Language | null {
  const words = piece.split(/[\s:,()]+/)
  for (let length = Math.min(3, words.length); length > 0; length--) {
    for (let at = 0; at + length <= words.length && at < 6; at++) {
      const language = languageOf(
        words
          .slice(at, at + length)
          .join(' ')
          .replace(/^[dl]['’]/iu, '')
      )
      if (!language) continue
      const rest = [...words.slice(0, at), ...words.slice(at + length)].join(' ').trim()
      if (rest.length > 70) return null
      return { language, level: rest === '' ? null : levelOf(rest) }
    }
  }
  return null
}

const levelWords =
  /natif|native|matern|mother|biling|courant|fluent|fluide|avance|advanced|intermed|professi|conversation|scolaire|notion|debutant|beginner|basi|element|lu\b|parl|ecrit|operationnel|working|proficien|limited|moderate|good|bon|tres|excellent|maitrise|niveau|technique|read|spoken|written|toe|ielts|tcf|delf|dalf|moyen|master|expert|novice|fair|upper|lower|full|courrant|langue/

function isLevel(text: string): boolean {
  return text.length < 60 && (cefr.test(text) || levelWords.test(folded(text)))
}

function levelOf(text: string): string | null {
  const level = cefr.exec(text)?.[1]
  if (level) return level.toUpperCase()
  const plain = text
    .replace(/(?<=\p{L}{2}.{0,60}\s)\([^()]*\)?\s*$/u, '')
    .replace(/^[\s:–—(-]+|[\s):.–—-]+$/gu, '')
    .replace(/^langues maternelles$/iu, 'langue maternelle')
    .replace(/[★☆●○■□▪▮▯]+/gu, '')
    .trim()
  return plain === '' || !/\p{L}{2}/u.test(plain) ? null : plain
}
