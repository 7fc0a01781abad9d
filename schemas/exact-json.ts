/** An escape of half a character: JSON's grammar has it, and no text can hold what it says. */
const surrogate = /\\u[dD][89a-fA-F]/
const halves =
  /\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})/g

/**
 * Whether a text is JSON that every program reads as the same value (RFC 8259). It is kept as it is, so that no number in
 * it is rounded and no key of two is lost.
 */
export function isExactJson(text: string): boolean {
  try {
    JSON.parse(text)
  } catch {
    return false
  }
  return !surrogate.test(text) || [...text.matchAll(halves)].every(([, half]) => half === undefined)
}
