import * as fc from 'fast-check'
import type { Position } from '../../../runtime/pipeline.ts'
import { changeId, keyText } from '../../../schemas/change.ts'
import type { Table } from '../../../schemas/table.ts'
import { tables } from '../../../schemas/tables.ts'
import type { ChangeItem } from '../../../sinks/gold/state/kept-table.ts'
import { topicsOf } from '../../../topics/catalogue.ts'

type Row = Readonly<Record<string, string | number | null>>

/** A change before it has a place in a log. */
export interface Happening {
  readonly table: Table
  readonly row: Row
  readonly isDelete: boolean
  readonly at: number
}

export const firstDay = 20_400
const minute = 60_000_000
const day = 86_400_000_000

export const uuid = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`

/** The nth of many purchases of a book for one euro, by seven users in turn. */
export const bookBought = (n: number, at: number): Happening => ({
  table: tables.userPurchases,
  at,
  isDelete: false,
  row: {
    user_id: uuid(1, n % 7),
    purchase_time: at,
    purchase_id: uuid(5, n),
    product_type: 'book',
    amount: '1.0000',
    currency: 'EUR'
  }
})

/** Four days on a grid of ten minutes, so that ends meet, fall on midnight and lie 30 minutes apart; some between. */
const instant = fc
  .tuple(fc.nat(4 * 144), fc.constantFrom(0, 0, 0, 1, 999_999, 30_500_000))
  .map(([step, micros]) => firstDay * day + step * 10 * minute + micros)
const user = fc.nat(2).map((n) => uuid(1, n))
const isDelete = fc.nat(9).map((n) => n === 0)

const sessionEvent = fc.record({
  table: fc.constant(tables.userSessionEvents),
  at: instant,
  isDelete,
  row: fc.record({
    user_id: user,
    event_time: instant,
    session_id: fc.nat(4).map((n) => uuid(2, n)),
    event_type: fc.constantFrom('login', 'logout', 'click', 'scroll')
  })
})

const message = fc.record({
  table: fc.constant(tables.groupMessages),
  at: instant,
  isDelete,
  row: fc.record({
    group_id: fc.constant(uuid(3, 0)),
    created_at: instant,
    message_id: fc.nat(3).map((n) => uuid(4, n)),
    user_id: user,
    content: fc.constant('hello')
  })
})

const purchase = fc.record({
  table: fc.constant(tables.userPurchases),
  at: instant,
  isDelete,
  row: fc.record({
    user_id: user,
    purchase_time: instant,
    purchase_id: fc.nat(3).map((n) => uuid(5, n)),
    product_type: fc.constant('book'),
    amount: fc.nat(10_000_000).map((n) => `${Math.floor(n / 10_000)}.${String(n % 10_000).padStart(4, '0')}`),
    currency: fc.constantFrom('EUR', 'USD', 'XXX')
  })
})

const notification = fc.record({
  table: fc.constant(tables.userNotifications),
  at: instant,
  isDelete,
  row: fc
    .record({ n: fc.nat(5), state: fc.constantFrom('sent', 'delivered', 'read', 'opened', 'clicked', null) })
    .chain(({ n, state }) =>
      fc.record({
        user_id: fc.constant(uuid(1, n % 3)),
        notification_time: fc.constant(firstDay * day + n * 40 * 10 * minute),
        notification_id: fc.constant(uuid(6, n)),
        content: fc.constantFrom('Sale', 'Sale', 'News', null),
        state: fc.constant(state),
        modified_at: fc.option(instant)
      })
    )
})

const notificationState = fc.record({
  table: fc.constant(tables.notificationStates),
  at: instant,
  isDelete,
  row: fc
    .record({ n: fc.nat(5), status: fc.constantFrom('sent', 'read', 'opened', 'clicked', 'dismissed') })
    .chain(({ n, status }) =>
      fc.record({
        id: fc.nat(4).map((id) => uuid(7, id)),
        user_id: fc.constant(uuid(1, n % 3)),
        notification_id: fc.constant(uuid(6, n)),
        status: fc.constant(status),
        updated_at: instant
      })
    )
})

/** Changes in the order they happen; keys come again, so there are updates, deletes and rows that come back. */
export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: sessionEvent },
    { weight: 1, arbitrary: message },
    { weight: 1, arbitrary: purchase },
    { weight: 2, arbitrary: notification },
    { weight: 2, arbitrary: notificationState }
  ) as fc.Arbitrary<Happening>,
  { minLength: 1, maxLength: 70, size: 'max' }
)

/** Happenings as clean changes in the logs of their topics: a later change of a key has a greater version. */
export function itemsOf(list: readonly Happening[], partitions = 2): ChangeItem[] {
  const offsets = new Map<string, number>()
  const versions = new Map<string, number>()
  return list.map(({ table, row, isDelete, at }) => {
    const key = keyText(table.key.map((column) => String(row[column])))
    const topic = topicsOf(table).clean.name
    const partition = Buffer.from(key).reduce((sum, byte) => sum + byte, 0) % partitions
    const offset = offsets.get(`${topic}/${partition}`) ?? 0
    offsets.set(`${topic}/${partition}`, offset + 1)
    const version = (versions.get(`${topic}/${key}`) ?? 0) + 1
    versions.set(`${topic}/${key}`, version)
    const source = {
      version: '0.1.0',
      connector: table.source,
      name: 'test',
      db: 'test',
      table: table.sourceTable,
      snapshot: 'false',
      ts_ms: Math.floor(at / 1000),
      ts_us: at,
      row_version: version,
      row_hash: version * 1000 + (isDelete ? 1 : 0)
    }
    const before = Object.fromEntries(table.key.map((column) => [column, row[column] ?? null]))
    return {
      id: changeId(key, source),
      key,
      position: String(offset) as Position,
      at: new Date(at / 1000),
      topic,
      partition,
      offset,
      value: {
        before: isDelete ? before : null,
        after: isDelete ? null : row,
        source,
        op: isDelete ? 'd' : version === 1 ? 'c' : 'u',
        ts_ms: source.ts_ms
      }
    }
  })
}
