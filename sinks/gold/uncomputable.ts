/** Kinds of DuckDB's errors that come from the values it computes with, and from more of them than fit its memory. */
const ofValues = /^(Out of Range|Conversion|Invalid Input|Mismatch Type|Constraint|Out of Memory) Error\b/

/** What kind of error came of the values themselves, without any of them; null of one that is about something else. */
export function uncomputable(error: unknown): string | null {
  if (error instanceof RangeError || error instanceof TypeError) return error.name
  return ofValues.exec(error instanceof Error ? error.message : '')?.[0] ?? null
}
