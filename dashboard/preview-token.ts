import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long a preview holds: what it said may not be so any more after that. */
const validMs = 5 * 60_000

/** Signs what was previewed, so that exactly that is done, once and not long after. */
export class PreviewTokens<T> {
  readonly #key = randomBytes(32)
  readonly #used = new Map<string, number>()

  /** A token for what was previewed. */
  issue(previewed: T, now = Date.now()): string {
    const held: Held<T> = { previewed, until: now + validMs, nonce: randomBytes(12).toString('base64url') }
    const text = Buffer.from(JSON.stringify(held)).toString('base64url')
    return `${text}.${this.#signature(text)}`
  }

  /** What was previewed; null of a token that is not ours, has expired, or was used. */
  redeem(token: string, now = Date.now()): T | null {
    const [text = '', signature = ''] = token.split('.')
    const [given, right] = [Buffer.from(signature), Buffer.from(this.#signature(text))]
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null
    const { previewed, until, nonce } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Held<T>
    for (const [old, expired] of this.#used) if (expired < now) this.#used.delete(old)
    if (until < now || this.#used.has(nonce)) return null
    this.#used.set(nonce, until)
    return previewed
  }

  #signature(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }
}

interface Held<T> {
  readonly previewed: T
  readonly until: number
  readonly nonce: string
}
