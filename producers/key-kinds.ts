import type { ColumnKind, Table } from '../schemas/table.ts'

/** Types of either source whose values have one text each, by the kind a key column may then be declared as. */
const oneText: Partial<Record<ColumnKind['kind'], RegExp>> = {
  boolean: /^boolean$/,
  timestamp: /^(timestamp|date)/,
  'local-timestamp': /^timestamp( without time zone)?$/,
  time: /^time( without time zone)?$/,
  date: /^date$/,
  decimal: /^(numeric|decimal|varint|tinyint|smallint|integer|int|bigint)$/,
  double: /^(real|double|float|tinyint|smallint|integer|int$)/
}

/**
 * Key columns whose declared kind has one value for several texts that the source's type may hold, a sentence each: two
 * rows would have one key. Text, UUIDs and whole numbers are looked at row by row instead, when they are cleaned.
 */
export function keyKindProblems(
  { key, columns }: Table,
  typeOf: (column: string) => string | undefined
): string[] {
  return columns.flatMap(({ name, type: { kind } }) => {
    const type = typeOf(name)
    if (!key.includes(name) || type === undefined || (oneText[kind]?.test(type) ?? true)) return []
    return [
      `key column ${name} is ${type}, of which a ${kind} can mean several texts: declare it "string", or two rows would be one`
    ]
  })
}
