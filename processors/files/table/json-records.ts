import { FileRefused } from '../refusal.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What services put around the fields of a record. */
const wrappers = ['fields', 'properties'] as const

/** The records of a document: an array of objects or of arrays, or the longest such array within it. */
export function tabular(document: unknown): readonly JsonRecord[] {
  const found = arrayIn(document, 0)
  if (found === null)
    throw new FileRefused({ code: 'not_tabular', value: 'JSON without an array of records' })
  const [first] = found
  if (Array.isArray(first)) return ofArrays(found as readonly (readonly unknown[])[])
  return found.filter(isRecord).map(unwrapped)
}

/** An array whose first line has the names. */
function ofArrays([header = [], ...rows]: readonly (readonly unknown[])[]): readonly JsonRecord[] {
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [String(name), row[index]])))
}

function arrayIn(value: unknown, depth: number): readonly unknown[] | null {
  if (Array.isArray(value))
    return value.length > 0 && (isRecord(value[0]) || Array.isArray(value[0])) ? value : null
  if (!isRecord(value) || depth > 3) return null
  const arrays = Object.values(value)
    .map((each) => arrayIn(each, depth + 1))
    .filter((each) => each !== null)
  return arrays.sort((a, b) => b.length - a.length)[0] ?? null
}

/** The fields of a record, where a service wraps them; what is beside them is kept. */
export function unwrapped(record: JsonRecord): JsonRecord {
  for (const name of wrappers) {
    const inner = record[name]
    if (!isRecord(inner)) continue
    const others = Object.entries(record).filter(
      ([other, value]) => other !== name && other !== 'type' && !isRecord(value)
    )
    return { ...Object.fromEntries(others), ...inner }
  }
  return record
}

/** The names of all records' members, in the order of their first appearance. */
export function columnsOf(records: readonly JsonRecord[]): string[] {
  const names = new Set<string>()
  for (const record of records) for (const name of Object.keys(record)) names.add(name)
  return [...names]
}

/** The texts of a record's members; lists and objects as JSON. */
export const recordCells = (record: JsonRecord, columns: readonly string[]): string[] =>
  columns.map((name) => (Object.hasOwn(record, name) ? valueText(record[name]) : ''))

function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
