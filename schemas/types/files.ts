// Made from the .avsc files by `npm run generate`; do not edit.

/** A file was dropped, or is still where it was dropped. */
export interface ArrivedFile {
  /** The object's name in the bucket. */
  readonly key: string
  /** As the store told it; only to be compared. */
  readonly etag: string
  readonly bytes: number
  /** Microseconds since the epoch, UTC. */
  readonly arrived_at: number
  /** Who said so: notifications are hints, the listing is the truth. */
  readonly told_by: 'notification' | 'listing'
}

/** A file is at its place in raw, or is gone from there. */
export interface FiledFile {
  /** The object it is now. */
  readonly raw: string
  readonly theme: string
  /** Of the object in raw; of one that is gone, empty. */
  readonly etag: string
  readonly bytes: number
  /** Microseconds since the epoch, UTC. */
  readonly filed_at: number
  /** "yes" where it was taken out of raw, "no" else. */
  readonly is_gone: string
}

/** A line of a file that was set aside. */
export interface RejectedLine {
  readonly raw: string
  readonly dataset: string | null
  /** Its first physical line. */
  readonly line: number
  /** As it is written, as a JSON array. */
  readonly cells: string
  /** All that is wrong with it, by code. */
  readonly codes: string
  /** The same in French. */
  readonly reasons: string
  /** Microseconds since the epoch, UTC. */
  readonly at: number
}

/** The files that count of a dataset are others than before. */
export interface UpdatedDataset {
  /** theme/dataset */
  readonly dataset: string
  /** The object that lists the files that count. */
  readonly current: string
  /** The etag of that object. */
  readonly version: string
  readonly files: number
  readonly rows: number
  /** Microseconds since the epoch, UTC. */
  readonly at: number
}
