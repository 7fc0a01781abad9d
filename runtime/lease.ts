/**
 * The right to write what was read, where readers share the work: once it is lost, another reader may have got the same
 * items, and it never comes back for these. Whoever writes where nothing else keeps a late writer out asks directly
 * before each attempt.
 */
export interface Lease {
  /** Asks a clock each time: a process that was frozen must know before any timer of it runs. */
  readonly isHeld: boolean
  /** Present where a store that knows its writers can keep out one that does not know that it has lost its lease. */
  readonly fence?: Fence
}

/**
 * What a store needs to refuse a late writer by itself. A clock cannot: between asking it and the write there is always
 * time for a process to be stopped in.
 */
export interface Fence {
  /** The same for all readers that share the work, so that the next one is known to come after the last. */
  readonly name: string
  /** Asks whoever deals the items out whether they are still ours; throws LeaseLost if not. */
  confirm(): Promise<void>
  /** Ends the lease: a store has refused us as the earlier of two writers. */
  lost(): void
}

/** Ends a write whose lease is lost, like an abort: nothing is wrong, and the items will be read again. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Throws LeaseLost when a lease is given and no longer held. */
export function requireLease(lease: Lease | undefined): void {
  if (lease && !lease.isHeld) throw new LeaseLost('What was read may be in the hands of another reader')
}
