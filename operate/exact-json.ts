// Node has it, and TypeScript's libraries do not yet.
const rawJson = JSON as unknown as { rawJSON(text: string): unknown }

/** A bigint as the number it is, digit by digit. */
export const exactNumbers = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? rawJson.rawJSON(String(value)) : value
