import { type DayOrder, readDate, readPeriod } from './dates.ts'
import { fold } from './fold.ts'
import { kindOf } from './decide-kind.ts'
import { baseOf, type Kind } from './kinds.ts'
import { meaningOf, type Meaning } from './labels.ts'
import { markOf } from './decimal-mark.ts'
import type { DecimalMark } from './numbers.ts'
import type { Tally } from './tally.ts'

/** What a column is, and how its values are read. */
export interface ColumnType {
  readonly kind: Kind
  readonly mark: DecimalMark
  readonly order: DayOrder
  /** How many figures its codes have, where all have the same; shorter ones lost their zeros. */
  readonly width: number | null
  /** How most of its dates or periods are written. */
  readonly format: string | null
  /** Whether marks of statistical status stand among its values. */
  readonly hasStatusMarks: boolean
  /** What it was decided by, for people. */
  readonly evidence: string
}

/** What the values of a column are, by all of them and by its name. */
export function decideType(tally: Tally, label: string, fixed?: Kind): ColumnType {
  const meaning = meaningOf(fold(label))
  const kind = fixed ?? kindOf(tally, meaning)
  return {
    kind,
    mark: markOf(tally),
    order: tally.count('secondOver12') > tally.count('firstOver12') ? 'month-first' : 'day-first',
    width: widthOf(tally, kind),
    format: formatOf(tally, kind),
    hasStatusMarks: isFigures(kind) && tally.count('statusMark') > 0,
    evidence: evidenceOf(tally, kind, meaning)
  }
}

/** The most frequent way of writing among the values that were kept. */
function formatOf(tally: Tally, kind: Kind): string | null {
  if (!['date', 'timestamp', 'quarter', 'month', 'period'].includes(kind)) return null
  const formats = new Map<string, number>()
  for (const [value, count] of tally.values) {
    const format = (readPeriod(value) ?? readDate(value))?.format
    if (format !== undefined) formats.set(format, (formats.get(format) ?? 0) + count)
  }
  return [...formats].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}

const isFigures = (kind: Kind) => ['integer', 'decimal'].includes(baseOf(kind))

const widths: Partial<Record<Kind, number>> = {
  departement: 2,
  region: 2,
  commune: 5,
  code_postal: 5,
  siren: 9,
  epci: 9,
  siret: 14
}

function widthOf(tally: Tally, kind: Kind): number | null {
  if (widths[kind] !== undefined) return widths[kind]
  return kind === 'code' ? tally.zeroWidth : null
}

const toldTags = [
  'number',
  'whole',
  'commaDecimal',
  'pointDecimal',
  'leadingZero',
  'department',
  'date',
  'period',
  'marker',
  'statusMark'
] as const

function evidenceOf(tally: Tally, kind: Kind, meaning: Meaning): string {
  const seen = toldTags.filter((tag) => tally.count(tag) > 0).map((tag) => `${tag} ${tally.count(tag)}`)
  const named =
    meaning.kind === kind || (meaning.isCode === true && baseOf(kind) === 'code') ? '; its name says so' : ''
  return `${tally.meant} values of ${tally.cells}: ${seen.join(', ') || 'words'}${named}`
}
