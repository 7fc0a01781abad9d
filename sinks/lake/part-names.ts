/** A folder of files: a UTC day such as 2026-11-22, or a month such as 2026-11 of what was seen long after it happened. */
export type Ds = string

/** What says which folder a row goes to. */
export interface Placed {
  /** When it happened. */
  readonly at: Date
  /** True of what was seen long after it happened: its folder is its month. */
  readonly isHistory?: boolean
}

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

/** Days since the epoch. */
export function dayNumber({ at }: Placed): number {
  return Math.floor(at.getTime() / msPerDay)
}

/** A row's folder as a number, which is cheaper for each of many rows: days are whole numbers, months lie between two. */
export function folderNumber(row: Placed): number {
  if (!row.isHistory) return dayNumber(row)
  return row.at.getUTCFullYear() * 12 + row.at.getUTCMonth() + 0.5
}

/** The folder that a row goes to. */
export function folderOf({ at, isHistory }: Placed): Ds {
  const day = dayOf(at.getTime())
  return isHistory ? day.slice(0, 7) : day
}

/** True of a folder name that is a day or a month. */
export function isDs(text: string): boolean {
  return /^\d{4}-\d{2}(-\d{2})?$/.test(text)
}

/** The first day of a folder: itself, or the first of its month. */
export function firstDayOf(ds: Ds): string {
  return ds.length === 7 ? `${ds}-01` : ds
}

/** From when until before when the rows of a folder happened, in milliseconds since the epoch. */
export function spanOf(ds: Ds): { readonly from: number; readonly before: number } {
  const from = new Date(firstDayOf(ds))
  const before =
    ds.length === 7 ? Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1) : from.getTime() + msPerDay
  return { from: from.getTime(), before }
}

/** Whether a folder has rows of days from one to another, both inclusive. */
export function overlaps(ds: Ds, { from, to }: { readonly from?: string; readonly to?: string }): boolean {
  return (from ?? '').slice(0, ds.length) <= ds && ds <= (to ?? '9999-99-99').slice(0, ds.length)
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
