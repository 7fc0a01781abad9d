/** A row of a table as its format gives it: texts in cells, and where it is. */
export interface SourceRow {
  /** The first physical line, from 1; of a sheet its row, of a JSON array its record. */
  readonly line: number
  /** How many physical lines it takes. */
  readonly lines: number
  readonly cells: readonly string[]
  /** Why it cannot be trusted, whatever its cells say. */
  readonly problem?: {
    readonly code: 'unclosed_quote' | 'control_character' | 'invalid_json' | 'cell_too_long'
    readonly value?: string
  }
  /** How its letters are damaged. */
  readonly damage?: string
  readonly hasStrayQuotes?: boolean
  /** Whether the file ends in the middle of it. */
  readonly isCut?: boolean
}

/** A table within a file. Its rows can be read several times, and are never all in memory unless its format needs it. */
export interface Table {
  readonly format: Format
  /** What was found out about how it is written, each with its evidence. */
  readonly evidence: Readonly<Record<string, string>>
  readonly encoding: string | null
  readonly delimiter: string | null
  /** The name of its sheet, where it has one. */
  readonly sheet: string | null
  /** The names of its columns, where its format keeps them apart from rows. */
  readonly columns: readonly string[] | null
  /** Whether its values came with types, so that numbers have points and dates are ISO. */
  readonly isTyped: boolean
  /** How many cells a row has, where the format needs it to be the same for all. */
  readonly width: number | null
  /** Physical lines, counted without any parser; of other formats their rows. */
  readonly physicalLines: number
  rows(): AsyncIterable<readonly SourceRow[]>
}

type Format = 'csv' | 'json' | 'ndjson' | 'xlsx' | 'xls' | 'ods' | 'parquet'
