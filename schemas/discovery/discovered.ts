import type { AvroSchema } from '../table.ts'

/** A column as a source's catalogue has it. */
export interface DiscoveredColumn {
  readonly name: string
  /** The source's name of its type, for what is said of it. */
  readonly type: string
  /** How its field is written; null where its values have no plain text. */
  readonly avro: AvroSchema | null
  readonly nullable: boolean
  readonly doc: string | null
  /** What to know of the choice, as a sentence without its subject. */
  readonly note?: string
}

/** A table as a source's catalogue has it, before anybody has decided anything about it. */
export interface DiscoveredTable {
  readonly source: 'postgres' | 'cassandra'
  readonly table: string
  readonly doc: string | null
  readonly columns: readonly DiscoveredColumn[]
  /** Empty where it has none that can be used; `problems` then says what to do. */
  readonly key: readonly string[]
  /** Time columns that may grow with each change, the likeliest first. */
  readonly cursors: readonly string[]
  /** Why it cannot flow as it is, with what to do. */
  readonly problems: readonly string[]
  /** What the source should have besides. */
  readonly advice: readonly string[]
}

const cursorName =
  /^(last_?)?(updated?|modified|modif|changed?|upd|mod|mtime|date_?modif\w*)(_?(at|on|date|time|ts))?$/i

/** Whether a time column's name says that it changes with its row. */
export const isCursorName = (name: string): boolean => cursorName.test(name)
