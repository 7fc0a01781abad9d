/**
 * A poller and its source must agree on the order of keys, or a key would look missing. Key columns become one text
 * whose byte order (memcmp of UTF-8, as in SQLite and in PostgreSQL's "C" collation) is the order of the tuple.
 */

const separator = '\u0001'
const escape = '\u0002'

/** One text of several ordered parts; the separator sorts before anything a part may hold. */
export function joinOrdered(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : parts.map(escaped).join(separator)
}

/** The parts that joinOrdered was given. */
export function splitOrdered(key: string, parts: number): string[] {
  return parts === 1 ? [key] : key.split(separator).map(unescaped)
}

// Both marks keep their order: 's' < 't', and the escape itself is below every other character.
function escaped(part: string): string {
  if (!part.includes(separator) && !part.includes(escape)) return part
  return part.replaceAll(escape, `${escape}t`).replaceAll(separator, `${escape}s`)
}

function unescaped(part: string): string {
  if (!part.includes(escape)) return part
  return part.replaceAll(`${escape}s`, separator).replaceAll(`${escape}t`, escape)
}

const longest = 40
const lengthMark = (length: number): string => String.fromCharCode(48 + length)

/** A whole number's text (any size up to 40 digits) as text whose byte order is the number's: its length comes first. */
export function orderedInteger(text: string): string {
  return text.startsWith('-')
    ? `-${lengthMark(longest - (text.length - 1))}${nines(text.slice(1))}`
    : `n${lengthMark(text.length)}${text}`
}

/** The number's text again. */
export function plainInteger(ordered: string): string {
  const digits = ordered.slice(2)
  return ordered.startsWith('-') ? `-${nines(digits)}` : digits
}

// Nines' complement turns the order of digits of one length round.
const nines = (digits: string): string => digits.replace(/\d/g, (digit) => String(9 - Number(digit)))
