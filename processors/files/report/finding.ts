import type { FindingCode } from './catalogue.ts'

/** Something that a person who made a file would want to know of it, and where it is. */
export interface Finding {
  readonly code: FindingCode
  /** The physical line, from 1; of a sheet its row, of a JSON array its record. */
  readonly line?: number
  /** The name of the column as the file writes it. */
  readonly column?: string
  readonly value?: string
  readonly rule?: string
  readonly expected?: string
  /** How often it is there, where one finding stands for several places. */
  readonly count?: number
  readonly lines?: readonly number[]
  readonly values?: readonly string[]
  /** What the file has that was perhaps meant. */
  readonly suggestion?: string
  /** Which of several kinds of the same thing it is, such as `replacement_character`. */
  readonly kind?: string
}

/** Where findings go as they are made. */
export type Report = (finding: Finding) => void
