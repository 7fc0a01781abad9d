import type { Line } from '../document/document.ts'
import { bodySize } from '../sections/body-size.ts'
import { headingKind, isCapitals, unspaced } from '../sections/headings.ts'
import { folded, phraseKey } from './folded.ts'
import { isCountry, isPlace } from './places.ts'
import { hasWordOf } from './words.ts'

/** The name a CV is of, and the line and cell that show it. */
export interface FoundName {
  readonly name: string
  readonly index: number
  readonly confidence: number
  /** Lines that it takes. */
  readonly lines: number
}

const honorific =
  /^(?:dr|docteure?|mr|mrs|ms|m|mme|mlle|monsieur|madame|mademoiselle|prof|professeur|pr|me|ma[iî]tre|ing|s(?:œ|oe)ur|p[eè]re|abb[eé])\.?\s+(?=\p{Lu}\S+\s)/iu
const label =
  /^(?:nom(?: et pr[ée]noms?)?|pr[ée]noms? et noms?|name|full name|curriculum vitae|curriculum vit[æa]e|cv|r[ée]sum[ée])(?:\s*(?:de|of|:|[-–—|])\s*|\s{2,})/iu

const particles = /^(?:de|du|da|di|von|van|der|den|el|al|ben|bin|le|la|des|d'|mc|y|e)$/i

/** Finds the name by its size, its place, its form, and what the e-mail address says of it. */
export function nameOf(lines: readonly Line[], email: string | null): FoundName | null {
  const body = bodySize(lines)
  const first = lines.filter((line) => line.page === 0)
  const largest = Math.max(...first.map((line) => line.size), 0)
  const local = phraseKey((email ?? '').split('@')[0] ?? '').replaceAll(' ', '')
  const candidates = first.flatMap((line, index) =>
    line.cells.slice(0, 3).flatMap((cell) => {
      const text = cleanName(respaced(cell.text, email))
      const score = formScore(text)
      if (score === null) return []
      const place = index < 2 ? 2 : index < 6 ? 1 : 0
      const size =
        Math.min(4, (cell.size / body - 1) * 5) + (cell.size === largest && largest > body ? 1.5 : 0)
      return [{ name: text, index, score: score + place + size + mailScore(text, local), lines: 1 }]
    })
  )
  const best = [...candidates, ...twoLines(first, local, body), ...labelled(first)].reduce<
    (typeof candidates)[number] | null
  >((a, b) => (a && a.score >= b.score ? a : b), null)
  if (!best || best.score < 2) return null
  return {
    name: best.name,
    index: lines.indexOf(first[best.index] as Line),
    confidence: Math.min(0.98, 0.6 + best.score * 0.05),
    lines: best.lines
  }
}

/** "MA XIME VA NDEN" of a heading with wide letters: where words end is known from the e-mail address. */
function respaced(text: string, email: string | null): string {
  const parts = folded(email?.split('@')[0] ?? '')
    .split(/[^a-z]+/)
    .filter((part) => part.length > 1)
  const letters = text.replace(/\s/gu, '')
  const isBroken = text.split(/\s+/).some((word) => word.length < 3 && !particles.test(word))
  if (!isBroken || parts.length < 2 || text.length > 60 || !isCapitals(text)) return text
  const plain = folded(letters).replace(/[^a-z]/g, '')
  if (plain !== parts.join('')) return text
  const words: string[] = []
  let at = 0
  for (const part of parts) {
    const from = at
    for (let count = 0; count < part.length; at++) if (/[a-z]/.test(folded(letters[at] ?? 'a'))) count++
    words.push(letters.slice(from, at))
  }
  return words.join(' ')
}

function cleanName(text: string): string {
  return unspaced(text.replace(label, '').trim())
    .replace(honorific, '')
    .replace(/(?:[,;:|]|\s[–—•·-]\s).*$/u, '')
    .replace(/\s+\(.*\)$/u, '')
    .trim()
}

/** How much a text has the form of a name; null where it cannot be one. */
function formScore(text: string): number | null {
  const words = text.split(/\s+/).filter((word) => word !== '')
  if (!hasForm(text, words) || headingKind(text) !== null || isPlace(text) || isCountry(text)) return null
  const isOther = (['organisation', 'school', 'degree'] as const).some((kind) => hasWordOf(kind, text))
  // A family name in capitals behind a first name that is not.
  const isFrench = words.some((word) => isCapitals(word) && word.length > 2) && !isCapitals(text)
  return (
    1 -
    (hasWordOf('title', text) ? 3 : 0) -
    (isOther ? 2 : 0) +
    (words.length <= 3 ? 0.5 : 0) +
    (isFrench ? 0.5 : 0)
  )
}

function hasForm(text: string, words: readonly string[]): boolean {
  if (words.length < 2 || words.length > 5 || text.length > 45) return false
  return (
    /^[\p{L}\p{M}.'’ "“”«»()-]+$/u.test(text) &&
    !/^curriculum/i.test(text) &&
    words.every((word) => /^["“«(]?\p{Lu}/u.test(word) || particles.test(word))
  )
}

function mailScore(text: string, local: string): number {
  if (local.length < 3) return 0
  const words = folded(text)
    .split(/[^a-z]+/)
    .filter((word) => word.length >= 3)
  return Math.min(4, words.filter((word) => local.includes(word)).length * 2)
}

const labels = {
  family: /^(?:nom(?: de famille)?|family name|surname|last name)$/,
  given: /^(?:prenoms?|given names?|first name)$/
}

/** "Nom : Le Goff" and "Prénom : Anne-Laure", on lines of their own or in the cells of a form. */
function labelled(lines: readonly Line[]) {
  const top = lines.slice(0, 30)
  const valueOf = (label: RegExp) =>
    top.flatMap(({ cells }) => {
      const [first, second] = cells
      const [, before, behind] = first?.text.match(/^([^:]{3,20}?)\s*:\s*(.*)$/u) ?? []
      const text = behind === undefined || behind === '' ? second?.text : behind
      return text !== undefined && label.test(folded(before ?? first?.text ?? '').trim()) ? [text.trim()] : []
    })[0]
  const [given, family] = [valueOf(labels.given), valueOf(labels.family)]
  if (given === undefined || family === undefined) return []
  const name = `${given} ${family}`
  const index = top.findIndex(({ text }) => text.includes(given) || text.includes(family))
  return formScore(name) === null ? [] : [{ name, index, lines: 1, score: 9 }]
}

/** First name and family name on lines of their own. */
function twoLines(lines: readonly Line[], local: string, body: number) {
  return lines.slice(0, 40).flatMap((line, index) => {
    const next = lines[index + 1]
    if (!next || next.size !== line.size || line.size < body * 1.2 || next.block !== line.block) return []
    if (/\s/.test(line.text) && /\s/.test(next.text)) return []
    const name = cleanName(`${line.text} ${next.text}`)
    const score = formScore(name)
    return score === null
      ? []
      : [
          {
            name,
            index,
            lines: 2,
            score:
              score +
              (index < 2 ? 2 : 1) +
              Math.min(4, (line.size / body - 1) * 5) +
              1 +
              mailScore(name, local)
          }
        ]
  })
}
