/** The value of JSON text, also where JSON was stored as a text inside of JSON; what is no JSON is what it was. */
export function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  const trimmed = value.trim()
  try {
    const inner: unknown = JSON.parse(trimmed)
    return typeof inner === 'string' ? parsedInside(inner) : inner
  } catch {
    return trimmed
  }
}

// Only objects and lists: a text of digits is a text.
const parsedInside = (text: string): unknown => (/^\s*[[{]/.test(text) ? parsedJson(text) : text.trim())

/** A value as clean text: composed (NFC) and trimmed; objects as JSON, nothing as an empty text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.trim().normalize('NFC')
}
