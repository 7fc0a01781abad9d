/**
 * What a finding does: `file` rejects the whole file, `row` sets one row aside, `aside` is a loss that leaves no row out
 * (notes under the table, damaged letters), `info` changes nothing that is lost.
 */
export type Level = 'file' | 'row' | 'aside' | 'info'

export interface Entry {
  readonly level: Level
  /** Sentences with {line}, {column}, {value} and other members of the finding. */
  readonly fr: string
  readonly en: string
}

export const entry = (level: Level, fr: string, en: string): Entry => ({ level, fr, en })
