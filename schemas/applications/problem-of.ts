import { checkObjectName } from '../../runtime/object-store/object-store.ts'

/** Fields that hold JSON as text, wherever they stand. */
const jsonTexts: ReadonlySet<string> = new Set([
  'mtp_answers',
  'mtp_questions',
  'skills',
  'expected_salary',
  'education'
])

/** Fields that name an object of a store. */
const objectNames: ReadonlySet<string> = new Set(['claim', 'blob'])

/**
 * What of an application no exporter could use, although its types are right; null when there is nothing. Hashes go into
 * headers, claims are addresses, and texts that are said to be JSON are read as that: one that is not would stop whoever
 * reads it.
 */
export function problemOfApplication(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const [name, part] of Object.entries(value)) {
    const problem = typeof part === 'string' ? problemOfText(name, part) : problemOfApplication(part)
    if (problem !== null) return problem
  }
  return null
}

function problemOfText(name: string, text: string): string | null {
  if (name.endsWith('sha256'))
    return /^[0-9a-f]{64}$/.test(text) ? null : `${name} is no SHA-256 in lower-case hex`
  if (jsonTexts.has(name)) return isTaken(JSON.parse, text) ? null : `${name} is no JSON`
  if (objectNames.has(name)) return isTaken(checkObjectName, text) ? null : `${name} cannot name an object`
  return null
}

function isTaken(take: (text: string) => unknown, text: string): boolean {
  try {
    take(text)
    return true
  } catch {
    return false
  }
}
