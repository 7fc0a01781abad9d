/** A day's UTC date as a folder name, such as 2026-11-22. */
export type Ds = string

/** One file of a chain, by its name. */
export interface PartName {
  readonly partition: number
  /** The next offset after the file before it, 0 for the first: where in the chain it is. */
  readonly link: number
}

const msPerDay = 86_400_000

/** The UTC day of an instant in milliseconds since the epoch. */
export function dayOf(ms: number): Ds {
  return new Date(Math.floor(ms / msPerDay) * msPerDay).toISOString().slice(0, 10)
}

/** The same day as a number, which is cheaper for each of many rows: days since the epoch. */
export function dayNumber({ at }: { readonly at: Date }): number {
  return Math.floor(at.getTime() / msPerDay)
}

/** True of a folder name that is a day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text)
}

/** What the names of a partition's parts of a day begin with. */
export function partPrefix(dayFolder: string, table: string, partition: number): string {
  return `${dayFolder}/${table}-p${partition}-`
}

/** The link has 16 digits, enough for any offset, so that names sort as links do. */
export function partName(prefix: string, link: number, extension: string): string {
  return `${prefix}${String(link).padStart(16, '0')}.${extension}`
}

/** The partition and link of a part's name, or null when it is not a part's. */
export function parsePartName(name: string): PartName | null {
  const match = /-p(\d+)-(\d{16})\.[a-z]+$/.exec(name)
  return match ? { partition: Number(match[1]), link: Number(match[2]) } : null
}
