/**
 * The right to write what was read, where readers share the work: once it is lost, another reader may have got the same
 * items, and it never comes back for these. Whoever writes where nothing else keeps a late writer out asks directly
 * before each attempt.
 */
export interface Lease {
  /** Asks a clock each time: a process that was frozen must know before any timer of it runs. */
  readonly isHeld: boolean
}

/** Ends a write whose lease is lost, like an abort: nothing is wrong, and the items will be read again. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Throws LeaseLost when a lease is given and no longer held. */
export function requireLease(lease: Lease | undefined): void {
  if (lease && !lease.isHeld) throw new LeaseLost('What was read may be in the hands of another reader')
}
