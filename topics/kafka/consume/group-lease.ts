import { uptime } from 'node:os'
import { type Fence, type Lease, requireLease } from '../../../runtime/lease.ts'

/** A moment by each clock there is. */
export interface Moment {
  readonly wall: number
  readonly up: number
}

/** Uptime counts while the machine sleeps and is never set; the wall clock may be put right after a virtual machine stood still. */
export const momentNow = (): Moment => ({ wall: Date.now(), up: uptime() * 1000 })

/** Milliseconds since then, by the clock that saw most of them. */
const elapsedMs = ({ wall, up }: Moment): number => Math.max(Date.now() - wall, uptime() * 1000 - up)

/**
 * Of a session, how long after a sign of life the partitions count as ours. The coordinator gives them to nobody else
 * for the whole of it; the rest is for requests that are on their way.
 */
const share = 2 / 3

/** The group that a lease is of. */
export interface LeaseGroup {
  readonly name: string
  /** Asks the coordinator how we stand. */
  standing(): Promise<'member' | 'rebalance' | 'expelled'>
}

/** A member's right to the partitions of one generation. */
export class GroupLease implements Lease {
  readonly fence: Fence
  readonly #ms: number
  #since: Moment
  #isOver = false

  /** `since`: when the request was sent that the coordinator last took from us as a member. */
  constructor(sessionMs: number, since: Moment, group: LeaseGroup) {
    this.#ms = sessionMs * share
    this.#since = since
    this.fence = {
      name: group.name,
      confirm: () => this.#confirm(group),
      lost: () => this.end()
    }
  }

  get isHeld(): boolean {
    if (elapsedMs(this.#since) >= this.#ms) this.#isOver = true
    return !this.#isOver
  }

  /** Once it is over, somebody may have left out items because of it, so no later sign of life brings it back. */
  renew(since: Moment): void {
    if (this.isHeld) this.#since = since
  }

  end(): void {
    this.#isOver = true
  }

  /** A rebalance that has only begun takes nothing away: what is ours is given to others once we join, or are expelled. */
  async #confirm(group: LeaseGroup): Promise<void> {
    if ((await group.standing()) === 'expelled') this.end()
    // Also where it was another generation that answered: we joined it only once this lease was over.
    requireLease(this)
  }
}
