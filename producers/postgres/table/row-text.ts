import { hash } from 'node:crypto'

// A row travels as the text PostgreSQL prints of ROW(columns): one value for the driver to read instead of one per
// column, and an encoding of the row that is one to one (NULL is nothing, '' is "", quotes and backslashes doubled).
// So its MD5 is the same here and in SQL, without a delimiter to collide with.
// https://www.postgresql.org/docs/17/rowtypes.html#ROWTYPES-IO-SYNTAX

const quote = 34

/** The columns' text out of a row's text; NULL is null. */
export function parseRowText(text: string, columns: number): (string | null)[] {
  const values = Array.from<string | null>({ length: columns })
  let at = 1
  for (let i = 0; i < columns; i++) {
    if (text.charCodeAt(at) === quote) {
      const end = closingQuote(text, at + 1)
      values[i] = unquoted(text.slice(at + 1, end))
      at = end + 2
    } else {
      const comma = text.indexOf(',', at)
      const end = comma === -1 ? text.length - 1 : comma
      values[i] = end === at ? null : text.slice(at, end)
      at = end + 1
    }
  }
  return values
}

function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2)
  return end
}

function unquoted(inner: string): string {
  const once = inner.includes('""') ? inner.replaceAll('""', '"') : inner
  return once.includes('\\\\') ? once.replaceAll('\\\\', '\\') : once
}

/** The row's text as PostgreSQL prints it, for rows that arrive column by column. */
export function printRowText(values: readonly (string | null)[]): string {
  return `(${values.map(printValue).join(',')})`
}

const needsQuotes = /["\\(), \t\n\v\f\r]/

function printValue(value: string | null): string {
  if (value === null) return ''
  if (value !== '' && !needsQuotes.test(value)) return value
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`
}

/** 52 bits of the MD5 of a row's text; `hashOf` in queries.ts is the same in SQL. */
export function hashRowText(text: string): number {
  return Number.parseInt(hash('md5', text, 'hex').slice(0, 13), 16)
}
