import type { ArgentFile } from './current.ts'

/** What a process that reads files is asked for. */
export interface LoadRequest {
  readonly raw: string
  readonly theme: string
  readonly etag: string
}

/** A line that was set aside, for the topic. */
export interface LoadedReject {
  readonly line: number
  readonly cells: string
  readonly codes: string
  readonly reasons: string
}

/** What it says while it reads, and in the end. */
export type LoadAnswer =
  | { readonly progress: { readonly share: number; readonly stage: string } }
  | { readonly loaded: Loaded | null }
  | { readonly error: { readonly isTransient: boolean; readonly message: string } }

export interface Loaded {
  readonly dataset: string
  readonly verdict: string
  /** Whether the contract's newest edition alone counts. */
  readonly isSuperseding: boolean
  /** Null where the file is refused. */
  readonly argent: ArgentFile | null
  readonly rejected: readonly LoadedReject[]
  /** The objects with what is said of the file; written under this name plus `.part`, until the rest is done. */
  readonly quality: string
}
