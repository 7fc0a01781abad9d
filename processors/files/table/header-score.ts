import { fold, trimmed } from '../types/fold.ts'
import { departmentOf } from '../types/places.ts'
import { readDate, readPeriod } from '../types/dates.ts'
import { isMissingMarker } from '../types/missing.ts'
import { readNumber } from '../types/numbers.ts'
import type { SourceRow } from './table.ts'

/** Whether a text is a figure or a date, which rows have and names of columns seldom. */
export const isFigure = (text: string): boolean =>
  readNumber(text, ',') !== null || (/\d/.test(text) && text.length < 30 && readDate(text) !== null)

/** Values of a column that say what it is. */
export function valuesAt(body: readonly (readonly string[])[], index: number): string[] {
  return body
    .map((cells) => trimmed(cells[index] ?? ''))
    .filter((cell) => cell !== '' && !isMissingMarker(cell))
}

const common =
  /\b(?:codes?|lib(?:elle)?|noms?|prenoms?|departements?|dep|regions?|communes?|annees?|dates?|totale?s?|nombre|nb|montants?|sexe|ages?|types?|statuts?|villes?|adresses?|objets?|siret|siren|id|numero|inscrits|votants|exprimes|voix|abstentions?|taux|population|source|categorie|naf|secteur|periode|trimestre|mois|valeurs?|insee|cp|geo|titre|unite|classe|faits?|beneficiaires?|associations?|organisme|geographie|zone|territoire)\b/

/** Whether a row may be the header at all: enough of its cells are filled, and none is a paragraph. */
export function isHeaderish(
  row: SourceRow,
  { width, body }: { width: number; body: readonly (readonly string[])[] }
): boolean {
  if (row.problem !== undefined || body.length === 0) return false
  const filled = row.cells.filter((cell) => trimmed(cell) !== '')
  const usual = Math.max(1, Math.min(width, medianFilled(body)))
  const least = usual <= 3 ? Math.max(1, usual - 1) : Math.max(3, usual * 0.2)
  if (filled.length < least) return false
  return filled.every((cell) => cell.length < 400) && (width < 2 || filled.length > 1 || row.cells.length > 1)
}

function medianFilled(body: readonly (readonly string[])[]): number {
  const counts = body
    .map((cells) => cells.filter((cell) => trimmed(cell) !== '').length)
    .sort((a, b) => a - b)
  return counts[Math.floor(counts.length / 2)] ?? 1
}

/** How much a row looks like names of the columns under it, from -1 to 1, and why. */
export function headerScore(
  cells: readonly string[],
  body: readonly (readonly string[])[]
): { score: number; evidence: string } {
  const texts = cells.map(trimmed)
  const areNames = areSequence(texts)
  // Where exports were pasted together, the header is among the rows again.
  const rows = body.filter((row) => row.some((cell, index) => trimmed(cell) !== (texts[index] ?? '')))
  let [sum, filled, above, known] = [0, 0, 0, 0]
  texts.forEach((text, index) => {
    if (text === '') return
    filled++
    const values = valuesAt(rows, index)
    const figures = values.filter(isFigure).length
    const one = scoreOfCell(text, { values, figures, areNames })
    if (one === 1) above++
    if (common.test(fold(text))) known++
    sum += one
  })
  if (filled === 0) return { score: -1, evidence: 'empty' }
  const repeated = filled - new Set(texts.filter((text) => text !== '')).size
  return {
    score: sum / filled - (repeated / filled) * 0.3 + (filled === 1 && known === 0 ? -0.2 : 0),
    evidence: `${filled} names, ${above} of them words above figures, ${known} usual names of columns${areNames ? ', a sequence' : ''}`
  }
}

interface Under {
  readonly values: readonly string[]
  readonly figures: number
  /** Whether the figures of the row are a sequence of years, periods or departments. */
  readonly areNames: boolean
}

function scoreOfCell(text: string, { values, figures, areNames }: Under): number {
  const areFigures = values.length > 0 && figures >= values.length * 0.6
  if (isFigure(text) || readPeriod(text)) return areNames ? 0.8 : areFigures ? -1 : -0.3
  if (isMissingMarker(text)) return -0.5
  if (areFigures) return 1
  if (text.length > 120) return -0.5
  if (values.includes(text)) return -1
  if (common.test(fold(text))) return 1
  return /\p{L}/u.test(text) ? 0.3 : -0.5
}

/** Whether the figures among some names are names themselves: years or periods, or departments in their order. */
function areSequence(texts: readonly string[]): boolean {
  const figures = texts.filter((text) => text !== '' && (isFigure(text) || readPeriod(text)))
  if (figures.length < 2 || new Set(figures).size < figures.length * 0.9) return false
  if (
    figures.every(
      (text) => /^(?:1[89]|20)\d\d$/.test(text) || readPeriod(text) !== null || readDate(text) !== null
    )
  )
    return true
  const codes = figures.filter((text) => departmentOf(text) !== null)
  if (figures.length < 4 || codes.length < figures.length * 0.95) return false
  const numbers = figures.map(Number).filter((number) => !Number.isNaN(number))
  const rising = numbers.filter((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)).length
  return rising >= numbers.length * 0.9
}
