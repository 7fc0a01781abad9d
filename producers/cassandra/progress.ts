import type { Micros } from '../../schemas/change.ts'

/** How far a full pass has come. Parts in which a key was missed are done only once its delete is published. */
export interface FullProgress {
  /** The cluster's clock when it began: the version and time of what it finds and cannot date otherwise. */
  readonly startedAt: Micros
  readonly isFirst: boolean
  readonly parts: number
  /** Parts of the ring still to be read, the one in hand first. */
  readonly todo: readonly number[]
  /** Up to which token the part in hand is read (tokenText); null at its start. */
  readonly at: string | null
}

/** Where a table's producer stands, times by the cluster's clock: what its position holds. */
export interface Progress {
  /** When the last finished look at the newest rows began. */
  readonly seenUpTo: Micros
  readonly full: FullProgress | null
  /** When the last finished full pass began; null until there is one. */
  readonly comparedAt: Micros | null
}

/** A full pass that has not begun to read. */
export function newFullPass(startedAt: Micros, options: { isFirst: boolean; parts: number }): FullProgress {
  const { isFirst, parts } = options
  return { startedAt, isFirst, parts, todo: Array.from({ length: parts }, (_, part) => part), at: null }
}

export function progressText(progress: Progress): string {
  return JSON.stringify(progress)
}

/** What progressText wrote; null when nothing was saved yet. */
export function progressOf(text: string | null): Progress | null {
  return text === null ? null : (JSON.parse(text) as Progress)
}
