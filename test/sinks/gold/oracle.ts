import type { Rate } from '../../../sinks/gold/rates.ts'
import type { Happening } from './happenings.ts'

/** Gold as sorted lines of text, one a row. */
export interface GoldRows {
  readonly global_user_activity_per_day: readonly string[]
  readonly global_notif_impact_per_day: readonly string[]
  readonly gold_set_aside: readonly string[]
}

type Span = readonly [from: number, to: number]
const day = 86_400_000_000
const dateOf = (at: number): string => new Date(Math.floor(at / day) * 86_400_000).toISOString().slice(0, 10)

/**
 * The definitions of docs/gold.md once more, the slow way: nothing here is shared with the SQL or with what decides
 * which days are computed anew.
 */
export function goldOf(list: readonly Happening[], rates: readonly Rate[]): GoldRows {
  const events = newest(list, 'user-session-events')
  const sessions = sessionsOf(events)
  return {
    global_user_activity_per_day: activity(list, { events, sessions, rates }),
    global_notif_impact_per_day: impact(list, sessions),
    gold_set_aside: newest(list, 'user-purchases')
      .filter((row) => !rateOf(row, rates))
      .map((row) =>
        [row['user_id'], dateOf(num(row['purchase_time'])), row['purchase_id'], row['currency']].join('|')
      )
      .sort()
  }
}

type Row = Happening['row']
const num = (value: unknown): number => Number(value)

/** The last row of each key, unless it was deleted. */
function newest(list: readonly Happening[], table: string): Row[] {
  return [...versions(list, table).values()].flatMap((all) => {
    const last = all.at(-1)
    return last && !last.isDelete ? [last.row] : []
  })
}

function versions(list: readonly Happening[], table: string): Map<string, Happening[]> {
  const byKey = new Map<string, Happening[]>()
  for (const happening of list.filter((one) => one.table.name === table)) {
    const key = JSON.stringify(happening.table.key.map((column) => happening.row[column]))
    byKey.set(key, [...(byKey.get(key) ?? []), happening])
  }
  return byKey
}

function sessionsOf(events: readonly Row[]): Map<string, Span[]> {
  const bySession = Map.groupBy(events, (row) => `${row['user_id']} ${row['session_id']}`)
  const byUser = new Map<string, Span[]>()
  for (const [key, rows] of bySession) {
    const sorted = rows.toSorted((a, b) => num(a['event_time']) - num(b['event_time']))
    const login = sorted.findIndex((row) => row['event_type'] === 'login')
    const own = sorted.slice(Math.max(login, 0))
    const from = num(own[0]?.['event_time'])
    const logout = own.find((row) => row['event_type'] === 'logout')
    const to = num((logout ?? own.at(-1))?.['event_time'])
    const [userId = ''] = key.split(' ')
    byUser.set(userId, [...(byUser.get(userId) ?? []), [from, Math.min(to, from + day)]])
  }
  return byUser
}

/** How many microseconds lie in at least one of the spans. */
function lengthOfUnion(spans: readonly Span[]): number {
  const islands: [number, number][] = []
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = islands.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else islands.push([from, to])
  }
  return islands.reduce((sum, [from, to]) => sum + to - from, 0)
}

function rateOf(row: Row, rates: readonly Rate[]): Rate | undefined {
  const at = num(row['purchase_time'])
  return rates.find((rate) => rate.currency === row['currency'] && rate.validFrom <= at && at < rate.validTo)
}

interface Day {
  logins: number
  messages: number
  /** In 1e-12 of the Gold currency. */
  money: bigint
  spans: Span[]
}

function activity(
  list: readonly Happening[],
  {
    events,
    sessions,
    rates
  }: { events: readonly Row[]; sessions: Map<string, Span[]>; rates: readonly Rate[] }
): string[] {
  const days = new Map<string, Day>()
  const of = (userId: unknown, at: number): Day => {
    const key = `${String(userId)}|${dateOf(at)}`
    const known = days.get(key) ?? { logins: 0, messages: 0, money: 0n, spans: [] }
    days.set(key, known)
    return known
  }
  for (const row of events)
    if (row['event_type'] === 'login') of(row['user_id'], num(row['event_time'])).logins += 1
  for (const row of newest(list, 'group-messages')) of(row['user_id'], num(row['created_at'])).messages += 1
  for (const row of newest(list, 'user-purchases')) {
    const rate = rateOf(row, rates)
    if (!rate) continue
    of(row['user_id'], num(row['purchase_time'])).money +=
      fixed(String(row['amount']), 4) * fixed(rate.rate, 8)
  }
  for (const [userId, spans] of sessions)
    for (const [from, to] of spans)
      for (let start = Math.floor(from / day) * day; start < to; start += day)
        if (Math.min(to, start + day) > Math.max(from, start))
          of(userId, start).spans.push([Math.max(from, start), Math.min(to, start + day)])
  return [...days]
    .map(([key, { logins, messages, money, spans }]) =>
      [
        key,
        logins,
        Math.floor(lengthOfUnion(spans) / 1e6),
        messages,
        decimal((money + 50_000_000n) / 100_000_000n)
      ].join('|')
    )
    .sort()
}

/** A decimal text times ten to the power of `digits`. */
function fixed(text: string, digits: number): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

const decimal = (tenThousandths: bigint): string =>
  `${tenThousandths / 10_000n}.${String(tenThousandths % 10_000n).padStart(4, '0')}`

/** What was deleted and comes again is another row: it has no past. */
const sinceLastDelete = (all: readonly Happening[]): readonly Happening[] =>
  all.slice(all.findLastIndex((one) => one.isDelete) + 1)

const isReached = (state: unknown): boolean => ['read', 'opened', 'clicked'].includes(String(state))

function impact(list: readonly Happening[], sessions: Map<string, Span[]>): string[] {
  const states = [...versions(list, 'notification-states').values()].flatMap(sinceLastDelete)
  const rows = new Map<string, { isSuccess: boolean; spans: Span[] }>()
  for (const all of versions(list, 'user-notifications').values()) {
    const last = all.at(-1)
    if (!last || last.isDelete) continue
    const { user_id, notification_time, notification_id, content } = last.row
    const successes = [
      ...sinceLastDelete(all)
        .filter((one) => isReached(one.row['state']))
        .map((one) => num(one.row['modified_at'] ?? one.at)),
      ...states
        .filter((one) => isReached(one.row['status']))
        .filter((one) => one.row['user_id'] === user_id && one.row['notification_id'] === notification_id)
        .map((one) => num(one.row['updated_at']))
    ]
    const key = [user_id, content, dateOf(num(notification_time))].join('|')
    const row = rows.get(key) ?? { isSuccess: false, spans: [] }
    rows.set(key, row)
    if (successes.length === 0) continue
    row.isSuccess = true
    const used = effectOf(Math.min(...successes), sessions.get(String(user_id)) ?? [])
    if (used) row.spans.push(used)
  }
  return [...rows]
    .map(([key, { isSuccess, spans }]) => [key, isSuccess, Math.floor(lengthOfUnion(spans) / 1e6)].join('|'))
    .sort()
}

function effectOf(success: number, sessions: readonly Span[]): Span | null {
  const current = sessions.filter(([from, to]) => from <= success && success < to)
  if (current.length > 0) return [success, Math.max(...current.map(([, to]) => to))]
  const next = sessions.filter(([from]) => from >= success && from <= success + 30 * 60_000_000)
  const first = Math.min(...next.map(([from]) => from))
  const ends = next.filter(([from]) => from === first).map(([, to]) => to)
  return ends.length > 0 ? [first, Math.max(...ends)] : null
}
