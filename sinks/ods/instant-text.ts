/** Microseconds since the epoch as `YYYY-MM-DDTHH:MM:SS.ffffff` in UTC, which both dialects read as a timestamp. */
export function instantText(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19)
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')
  return `${seconds}.${fraction}`
}
