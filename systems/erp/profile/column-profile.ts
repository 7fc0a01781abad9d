import { DistinctCount } from './distinct-count.ts'

/** A column as a profile describes it. */
export interface ProfiledColumn {
  readonly name: string
  readonly sourceName: string
  readonly type: string
  /** Characters the source's catalogue allows; null when it does not say. */
  readonly width: number | null
  /** Compared as numbers rather than as text for the smallest and largest. */
  readonly isNumeric: boolean
}

export interface ColumnStatistics extends ProfiledColumn {
  readonly rows: number
  readonly nulls: number
  readonly empty: number
  readonly distinct: number
  /** False when `distinct` is an estimate, within a few percent. */
  readonly isDistinctExact: boolean
  readonly min: string | null
  readonly max: string | null
  /** Characters of the longest value; null when all are NULL. */
  readonly longest: number | null
  /** Some of the first distinct values, cut at 60 characters. */
  readonly examples: readonly string[]
}

const examplesKept = 5
const exampleCharacters = 60

/** What is learnt of one column while its values pass by; memory does not grow with the table. */
export class ColumnProfile {
  readonly #column: ProfiledColumn
  readonly #distinct = new DistinctCount()
  readonly #examples: string[] = []
  #rows = 0
  #nulls = 0
  #empty = 0
  #min: string | null = null
  #max: string | null = null
  #longest: number | null = null

  constructor(column: ProfiledColumn) {
    this.#column = column
  }

  add(value: string | null): void {
    this.#rows++
    if (value === null) {
      this.#nulls++
      return
    }
    if (value === '') this.#empty++
    this.#distinct.add(value)
    this.#longest = Math.max(this.#longest ?? 0, value.length)
    if (this.#min === null || this.#isLess(value, this.#min)) this.#min = value
    if (this.#max === null || this.#isLess(this.#max, value)) this.#max = value
    if (this.#examples.length < examplesKept) this.#keepExample(value)
  }

  statistics(): ColumnStatistics {
    return {
      ...this.#column,
      rows: this.#rows,
      nulls: this.#nulls,
      empty: this.#empty,
      distinct: this.#distinct.count,
      isDistinctExact: this.#distinct.isExact,
      min: this.#min && cut(this.#min),
      max: this.#max && cut(this.#max),
      longest: this.#longest,
      examples: this.#examples
    }
  }

  #isLess(a: string, b: string): boolean {
    return this.#column.isNumeric ? Number(a) < Number(b) : a < b
  }

  #keepExample(value: string): void {
    const example = cut(value)
    if (value !== '' && !this.#examples.includes(example)) this.#examples.push(example)
  }
}

const cut = (text: string): string =>
  text.length > exampleCharacters ? `${text.slice(0, exampleCharacters - 1)}…` : text
