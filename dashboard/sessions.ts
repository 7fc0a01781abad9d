import { createHash, randomBytes } from 'node:crypto'
import type { Person } from '../edge/operator-users.ts'

const longestMs = 12 * 3_600_000
const idleMs = 3_600_000
const mostSessions = 1_000

interface Session {
  readonly person: Person
  readonly since: number
  seen: number
}

const digest = (token: string) => createHash('sha256').update(token).digest('base64')

/** Who is logged in to this process; only digests of what their browsers hold are kept. */
export class Sessions {
  readonly #held = new Map<string, Session>()

  open(person: Person, now = Date.now()): string {
    const token = randomBytes(32).toString('base64url')
    const [oldest] = this.#held.keys()
    if (this.#held.size >= mostSessions && oldest !== undefined) this.#held.delete(oldest)
    this.#held.set(digest(token), { person, since: now, seen: now })
    return token
  }

  /** Whose it is; null of one that is not known, was not used for an hour, or is twelve hours old. */
  of(token: string, now = Date.now()): Person | null {
    const key = digest(token)
    const session = this.#held.get(key)
    if (!session) return null
    if (now - session.since > longestMs || now - session.seen > idleMs) {
      this.#held.delete(key)
      return null
    }
    session.seen = now
    return session.person
  }

  close(token: string): void {
    this.#held.delete(digest(token))
  }
}

const triesOfOne = 5
const triesOfAll = 50
const forgottenMs = 15 * 60_000
const mostRemembered = 10_000

/** Counts failed logins: five of a name from one address, or fifty of a name, and it waits a quarter of an hour. */
export class Lockout {
  readonly #failures = new Map<string, { count: number; until: number }>()

  isLocked(name: string, ip: string, now = Date.now()): boolean {
    return this.#count(`${ip} ${name}`, now) >= triesOfOne || this.#count(`* ${name}`, now) >= triesOfAll
  }

  failed(name: string, ip: string, now = Date.now()): void {
    for (const key of [`${ip} ${name}`, `* ${name}`]) {
      const count = this.#count(key, now) + 1
      this.#failures.delete(key)
      this.#failures.set(key, { count, until: now + forgottenMs })
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= mostRemembered) return
      this.#failures.delete(key)
    }
  }

  succeeded(name: string, ip: string): void {
    this.#failures.delete(`${ip} ${name}`)
  }

  #count(key: string, now: number): number {
    const known = this.#failures.get(key)
    return known && known.until > now ? known.count : 0
  }
}
