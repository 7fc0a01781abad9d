import { setTimeout as wait } from 'node:timers/promises'
import { sourceTables } from '../../local/sample/source-tables.ts'
import { randomFrom } from '../../local/sample/random.ts'
import type { SampleTargets } from '../../local/sample/targets.ts'
import { writeRows } from '../../local/sample/write-rows.ts'
import type { GoldView } from './gold-observer.ts'

/** One change whose way to Gold is timed. */
export interface Probe {
  readonly source: 'PostgreSQL' | 'Cassandra'
  /** Just before it was sent to the database. */
  readonly sentAtMs: number
  seenAtMs: number | null
}

interface Notification {
  readonly id: string
  readonly userId: string
  readonly stateId: string
  /** Its own, so that its row in Gold is its own. */
  readonly content: string
}

const messageColumns = Object.keys(sourceTables.C_GroupMessages.columns)

/**
 * Changes that each leave a mark in Gold: the n-th message of a user shows when his messages of the day count n, and
 * a notification that is read shows when the row of its text says success.
 */
export class ProbeLoad {
  readonly probes: Probe[] = []
  readonly #targets: SampleTargets
  readonly #users: readonly string[]
  readonly #notifications: readonly Notification[]
  readonly #messagesOf = new Map<string, Probe[]>()
  readonly #seenOf = new Map<string, number>()
  readonly #readProbes = new Map<string, Probe>()
  readonly #random = randomFrom('probe messages')

  private constructor(
    targets: SampleTargets,
    users: readonly string[],
    notifications: readonly Notification[]
  ) {
    this.#targets = targets
    this.#users = users
    this.#notifications = notifications
  }

  /** Writes the notifications that will be read; half of the changes are theirs. */
  static async prepare(targets: SampleTargets, size: { users: number; changes: number }): Promise<ProbeLoad> {
    const random = randomFrom('probes')
    const users = Array.from({ length: size.users }, () => random.uuid())
    const notifications = Array.from({ length: Math.ceil(size.changes / 2) }, (_, n) => ({
      id: random.uuid(),
      userId: users[n % users.length] ?? '',
      stateId: random.uuid(),
      content: `probe ${n}`
    }))
    const sentAt = new Date()
    const rows = notifications.flatMap(({ id, userId, stateId, content }) => [
      { table: 'C_UserNotifications' as const, values: [userId, sentAt, id, content, 'sent', sentAt] },
      { table: 'PG_NotificationStates' as const, values: [stateId, userId, id, 'sent', sentAt] }
    ])
    await writeRows(targets, rows)
    return new ProbeLoad(targets, users, notifications)
  }

  /** Makes changes at an even rate, in turns in both sources, until the time is over. */
  async run({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<void> {
    const beganAt = performance.now()
    const all = perSecond * seconds
    const running: Promise<unknown>[] = []
    for (let n = 0; n < all; await wait(5)) {
      const due = Math.min(all, Math.floor(((performance.now() - beganAt) / 1000) * perSecond))
      for (; n < due; n += 1) running.push(n % 2 === 0 ? this.#sendMessage(n) : this.#readNotification(n))
    }
    await Promise.all(running)
  }

  /** Marks every change whose effect is in these Gold tables. */
  see(gold: GoldView): void {
    const atMs = performance.now()
    for (const [user, count] of gold.messages) {
      const sent = this.#messagesOf.get(user) ?? []
      for (let n = this.#seenOf.get(user) ?? 0; n < Math.min(count, sent.length); n += 1)
        markSeen(sent[n], atMs)
      this.#seenOf.set(user, Math.max(count, this.#seenOf.get(user) ?? 0))
    }
    for (const content of gold.successes) markSeen(this.#readProbes.get(content), atMs)
  }

  unseen(): number {
    return this.probes.filter(({ seenAtMs }) => seenAtMs === null).length
  }

  async #sendMessage(n: number): Promise<void> {
    const userId = this.#users[n % this.#users.length] ?? ''
    const { client, keyspace } = this.#targets.cassandra ?? {}
    // Groups of 500 messages, so that no partition of Cassandra is unlike the application's.
    const groupId = this.#users[Math.floor(n / 500) % this.#users.length] ?? ''
    const values = [groupId, new Date(), this.#random.uuid(), userId, 'hello']
    const probe = this.#sent('Cassandra')
    const ofUser = this.#messagesOf.get(userId) ?? []
    this.#messagesOf.set(userId, [...ofUser, probe])
    const query = `INSERT INTO "${keyspace}"."C_GroupMessages" (${messageColumns.join(', ')}) VALUES (?, ?, ?, ?, ?)`
    await client?.execute(query, values, { prepare: true })
  }

  async #readNotification(n: number): Promise<void> {
    const notification = this.#notifications[Math.floor(n / 2)]
    if (!notification) return
    this.#readProbes.set(notification.content, this.#sent('PostgreSQL'))
    const update = `UPDATE "PG_NotificationStates" SET status = 'read', updated_at = now() WHERE id = $1`
    await this.#targets.pg?.query(update, [notification.stateId])
  }

  #sent(source: Probe['source']): Probe {
    const probe: Probe = { source, sentAtMs: performance.now(), seenAtMs: null }
    this.probes.push(probe)
    return probe
  }
}

function markSeen(probe: Probe | undefined, atMs: number): void {
  if (probe && probe.seenAtMs === null) probe.seenAtMs = atMs
}
