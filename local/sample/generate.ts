import { type Flaw, flawRates, hasFlaw, type Maker, type SampleCounts } from './flaws.ts'
import { type Random, randomFrom } from './random.ts'
import {
  activityRow,
  groupRow,
  membershipRow,
  messageRow,
  newNotification,
  notificationRows,
  purchaseRow,
  sessionEventRow,
  userRow
} from './rows.ts'
import type { SampleRow } from './source-tables.ts'
import { activeEvents, freshStates, reachedStates } from './texts.ts'

export interface SampleSize {
  readonly seed: number
  readonly users: number
  readonly days: number
  /** About how many rows in Cassandra a user causes a day. */
  readonly eventsPerUserDay: number
  /** The newest moment; days are UTC days, the last one ends here. */
  readonly endingAt: Date
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const USERS_PER_GROUP = 20

interface Member {
  readonly userId: string
  readonly groupIds: readonly string[]
}

interface Period {
  readonly startMs: number
  readonly lengthMs: number
  readonly flaw: Flaw | null
}

/** All rows of all nine tables, user by user; the same size and seed give the same rows. */
export function* sampleRows(size: SampleSize, counts: SampleCounts): Generator<SampleRow> {
  for (const row of everyRow(size, counts)) {
    counts.rows[row.table] = (counts.rows[row.table] ?? 0) + 1
    yield row
  }
}

function* everyRow(size: SampleSize, counts: SampleCounts): Generator<SampleRow> {
  const { seed, days, endingAt } = size
  const endMs = endingAt.getTime()
  const firstDayMs = Math.floor(endMs / DAY_MS) * DAY_MS - (days - 1) * DAY_MS
  const groupIds = sampleGroupIds(size)
  const make = (of: string): Maker => ({ random: randomFrom(`${seed}/${of}`), counts })
  for (const id of groupIds) {
    const maker = make(id)
    yield groupRow(maker, { id, at: before(maker.random, firstDayMs) })
  }
  for (let n = 0; n < size.users; n += 1) {
    const maker = make(`user ${n}`)
    const userId = maker.random.uuid()
    yield userRow(maker, { id: userId, at: before(maker.random, firstDayMs) })
    const member = { userId, groupIds: chooseGroups(maker.random, groupIds) }
    for (const groupId of member.groupIds) yield membershipRow(groupId, userId)
    for (let day = 0; day < days; day += 1) {
      const dayMs = firstDayMs + day * DAY_MS
      const today = make(`user ${n} day ${day}`)
      yield* new Day(today, member, { dayMs, endMs }).rows(size.eventsPerUserDay)
    }
  }
}

/** Ids of the groups of a sample of this size. */
function sampleGroupIds({ seed, users }: SampleSize): readonly string[] {
  const random = randomFrom(`${seed}/groups`)
  return Array.from({ length: Math.max(1, Math.ceil(users / USERS_PER_GROUP)) }, () => random.uuid())
}

function before(random: Random, moment: number): Date {
  return new Date(moment - random.int(365 * DAY_MS) - 1)
}

function chooseGroups(random: Random, groupIds: readonly string[]): readonly string[] {
  return [...new Set([random.pick(groupIds), random.pick(groupIds)])]
}

/** One user's day: sessions from login to logout, and what the user does in them. */
class Day {
  readonly #maker: Maker
  readonly #member: Member
  readonly #dayMs: number
  readonly #endMs: number
  #lastStartMs = 0
  #lastEndMs = 0

  constructor(maker: Maker, member: Member, bounds: { dayMs: number; endMs: number }) {
    this.#maker = maker
    this.#member = member
    this.#dayMs = bounds.dayMs
    this.#endMs = bounds.endMs
  }

  *rows(about: number): Generator<SampleRow> {
    const { random } = this.#maker
    if (random.chance(0.05)) yield activityRow(this.#maker, this.#by(this.#dayMs + random.int(DAY_MS / 2)))
    let wanted = Math.round(about * (0.5 + random.next()))
    while (wanted > 0) {
      const events = Math.min(wanted, 4 + random.int(8))
      yield* this.#session(events)
      wanted -= events
    }
  }

  *#session(events: number): Generator<SampleRow> {
    const { random } = this.#maker
    const { startMs, lengthMs, flaw } = this.#period()
    if (startMs > this.#endMs) return
    if (flaw) this.#maker.counts.flaws[flaw] += 1
    this.#lastStartMs = startMs
    this.#lastEndMs = startMs + lengthMs
    const sessionId = random.uuid()
    yield this.#event(sessionId, 'login', startMs)
    const stepMs = Math.floor(lengthMs / events)
    for (let n = 1; n < events - 1; n += 1) {
      const atMs = startMs + n * stepMs + random.int(stepMs)
      if (atMs <= this.#endMs) yield* this.#act(sessionId, atMs)
    }
    if (hasFlaw(this.#maker, 'session_without_logout') || this.#lastEndMs > this.#endMs) return
    yield this.#event(sessionId, 'logout', this.#lastEndMs)
  }

  #period(): Period {
    const { random } = this.#maker
    const lengthMs = (2 + random.int(88)) * MINUTE_MS
    if (this.#lastEndMs > 0 && random.chance(flawRates.session_overlapping))
      return {
        startMs: Math.floor((this.#lastStartMs + this.#lastEndMs) / 2),
        lengthMs,
        flaw: 'session_overlapping'
      }
    if (random.chance(flawRates.session_over_midnight))
      return { startMs: this.#dayMs + DAY_MS - lengthMs / 2, lengthMs, flaw: 'session_over_midnight' }
    return { startMs: this.#dayMs + random.int(DAY_MS - lengthMs), lengthMs, flaw: null }
  }

  *#act(sessionId: string, atMs: number): Generator<SampleRow> {
    const { random } = this.#maker
    const dice = random.next()
    if (dice < 0.55) yield this.#event(sessionId, random.pick(activeEvents), atMs)
    else if (dice < 0.8) yield messageRow(this.#maker, this.#by(atMs))
    else if (dice < 0.88) yield purchaseRow(this.#maker, this.#by(atMs))
    else yield* this.#notification(atMs)
  }

  *#notification(atMs: number): Generator<SampleRow> {
    const { random } = this.#maker
    const notification = newNotification(this.#maker, this.#member.userId, new Date(atMs))
    const reachedMs = atMs + random.int(60 * MINUTE_MS)
    const isReached = random.chance(0.5) && reachedMs <= this.#endMs
    const latest = isReached
      ? { state: random.pick(reachedStates), at: new Date(reachedMs) }
      : { state: random.pick(freshStates), at: new Date(atMs) }
    yield* notificationRows(this.#maker, notification, latest)
  }

  #event(sessionId: string, type: string, atMs: number): SampleRow {
    return sessionEventRow(this.#maker, { userId: this.#member.userId, sessionId, type, at: new Date(atMs) })
  }

  #by(atMs: number): { userId: string; groupId: string; at: Date } {
    const { userId, groupIds } = this.#member
    return { userId, groupId: this.#maker.random.pick(groupIds), at: new Date(atMs) }
  }
}
