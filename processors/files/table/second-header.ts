import { fold, trimmed } from '../types/fold.ts'
import { isMissingMarker } from '../types/missing.ts'
import { isFigure, valuesAt } from './header-score.ts'

/** What a second line under the header is: further names, or units of what is under it. */
export interface SecondHeader {
  readonly kind: 'names' | 'units'
}

const unit =
  /^(?:n|nb|nbre|nombre|effectifs?|%|en %|pour ?cent|pourcentage|taux|euros?|en euros?|€|k€|milliers?|en milliers?|millions?|habitants?|hab|unites?|personnes?|km2?|m2|ha|annees?|ans?|jours?|heures?|h|texte|date|code|entier|reel|integer|int|float|string|varchar|text|number|decimal)$/

/** Whether the first row is words above columns of figures, which no row of data is. */
export function secondHeader(
  header: readonly string[],
  body: readonly (readonly string[])[]
): SecondHeader | null {
  const [first, ...rest] = body
  if (first === undefined || rest.length < 2) return null
  const width = Math.max(header.length, first.length)
  const texts = Array.from({ length: width }, (_, index) => trimmed(first[index] ?? ''))
  const sample = rest.slice(0, 60)
  const under = texts.filter((_, index) => isOfFigures(valuesAt(sample, index)))
  const said = under.filter((text) => text !== '' && !isMissingMarker(text))
  if (
    said.filter(isFigure).length > said.length * 0.05 ||
    said.length < Math.max(1, Math.min(2, under.length), under.length * 0.4)
  )
    return null
  const filled = texts.filter((text) => text !== '')
  if (isWholeRow(filled, first, under.length)) return null
  return { kind: filled.every((text) => unit.test(fold(text).replaceAll(/[()]/g, ''))) ? 'units' : 'names' }
}

const isOfFigures = (values: readonly string[]) =>
  values.length >= 2 && values.filter(isFigure).length >= values.length * 0.8

/** One column of figures with a word in a row that is filled elsewhere is a bad value, no line of names. */
const isWholeRow = (texts: readonly string[], first: readonly string[], columns: number) =>
  columns < 2 && texts.length >= first.length && first.length > 2
