import { checkTable, nameProblems } from '../check-table.ts'
import { secretColumns } from '../secret-columns.ts'
import type { AvroField, AvroRecord } from '../table.ts'
import type { DiscoveredColumn, DiscoveredTable } from './discovered.ts'
import { guessPii } from './guess-pii.ts'

/** A table's declaration as it is to be written, and what somebody should read of it. */
export interface Declaration {
  /** `schemas/<domain>/<name>.avsc`. */
  readonly file: string
  readonly domain: string
  readonly name: string
  readonly avro: AvroRecord
  /** Columns that were left out, guesses to confirm and what the source should have, a sentence each. */
  readonly notes: readonly string[]
}

/** Writes the declaration of a table that was found; throws SCHEMA_INVALID where the checks of a file would. */
export function declareTable(found: DiscoveredTable, domain: string, name: string): Declaration {
  const file = `schemas/${domain}/${name}.avsc`
  const decided = found.columns.map((column, i) => decide(column, found, i))
  const fields = decided.flatMap(({ field }) => (field ? [field] : []))
  const kept = new Set(fields.map((field) => field.name))
  const cursor = found.cursors.find((column) => kept.has(column)) ?? null
  const avro: AvroRecord = {
    type: 'record',
    name: recordName(name),
    namespace: `courant.${domain}`,
    doc: found.doc ?? `Rows of ${found.table}.`,
    courant: { source: found.source, table: found.table, key: [...found.key], cursor },
    fields
  }
  checkTable(file, avro)
  const notes = [
    ...decided.flatMap((one) => one.notes),
    cursor === null
      ? 'no time column looks as if it changed with each row: changes are found by comparing the whole table (name one as "cursor" if there is one)'
      : `cursor ${cursor}: confirm that it grows with every change of a row`,
    ...found.advice
  ]
  return { file, domain, name, avro, notes }
}

/** Leaves a column out where it cannot or must not leave the source. */
function decide(
  column: DiscoveredColumn,
  { key, columns }: DiscoveredTable,
  index: number
): { field?: AvroField; notes: string[] } {
  const { name, type } = column
  const why = whyLeftOut(column, columns.slice(0, index))
  if (why !== null) return { notes: [`column ${name} (${type}) is left out: ${why}`] }
  const pii = guessPii(name)
  const notes = [
    ...(column.note ? [`column ${name} (${type}) ${column.note}`] : []),
    ...(pii ? [`column ${name}: guessed "pii": "${pii}"; confirm or remove it`] : [])
  ]
  return { field: fieldOf(column, { isNullable: column.nullable && !key.includes(name), pii }), notes }
}

function whyLeftOut(
  { name, avro, note }: DiscoveredColumn,
  before: readonly DiscoveredColumn[]
): string | null {
  if (avro === null) return note ?? 'its values have no plain text'
  if (secretColumns([{ name }]).length > 0)
    return 'it looks like a secret; add it with "secret": false if it is none'
  const isSame = (other: DiscoveredColumn) => other.name.toLowerCase() === name.toLowerCase()
  if (before.some(isSame))
    return 'another column has its name in another case, which the lake cannot tell apart'
  return nameProblems(name)[0] ?? null
}

function fieldOf(
  { name, avro, doc }: DiscoveredColumn,
  { isNullable, pii }: { isNullable: boolean; pii: string | null }
): AvroField {
  return {
    name,
    type: isNullable ? ['null', avro] : avro,
    ...(doc !== null && { doc }),
    ...(isNullable && { default: null }),
    ...(pii !== null && { pii })
  } as AvroField
}

/** `film-actor` is FilmActor. */
export const recordName = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('')
    .replace(/^(?=\d)/, 'T')

/** `Film_Actor` is film-actor: the table's name here, by which files, topics and folders go. */
export const tableNameFrom = (table: string): string =>
  table
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .replace(/^(?=\d)/, 't')
