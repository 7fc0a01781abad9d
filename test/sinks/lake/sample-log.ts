import type { LogItem, Position } from '../../../runtime/pipeline.ts'
import { type RawChange, changeId } from '../../../schemas/change.ts'
import { tables } from '../../../schemas/tables.ts'
import type { CleanItem } from '../../../sinks/lake/silver-columns.ts'

/** The table that lake tests write: it has a key of several columns, a decimal, instants and a nullable text. */
export const sampleTable = tables.userPurchases

const partitions = 3
const firstDay = Date.UTC(2026, 10, 1)

/**
 * Change number `n` of a topic of three partitions: the same whenever it is asked for. Its day wanders over four days,
 * now and then one late; each fifth is a delete.
 */
export function cleanChange(n: number): CleanItem {
  const key = { user_id: uuid(n % 7), purchase_time: (firstDay + n) * 1000, purchase_id: uuid(n) }
  const row = {
    ...key,
    product_type: texts[n % texts.length] ?? null,
    amount: `${n % 1000}.2500`,
    currency: 'EUR'
  }
  const isDelete = n % 5 === 4
  const source = sourceOf(n)
  return {
    ...placeOf(n, JSON.stringify(Object.values(key))),
    value: {
      before: isDelete ? key : null,
      after: isDelete ? null : row,
      source,
      op: isDelete ? 'd' : 'c',
      ts_ms: firstDay
    }
  }
}

/** The same change as extracted: every column as text. */
export function rawChange(n: number): LogItem<RawChange> {
  const { value, ...place } = cleanChange(n)
  const asText = (row: object | null) =>
    row &&
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? null : String(cell)]))
  return { ...place, value: { ...value, before: asText(value.before), after: asText(value.after) } }
}

const texts = ['book', null, '', 'a "quoted", one', 'two\r\nlines', 'été 😀', '=SUM(A1)', ' padded ']

function placeOf(n: number, key: string): Omit<CleanItem, 'value'> {
  const source = sourceOf(n)
  return {
    id: changeId(key, source),
    key,
    position: String(n) as Position,
    at: new Date(source.ts_us / 1000),
    topic: 'sample',
    partition: n % partitions,
    offset: Math.floor(n / partitions) * 2
  }
}

function sourceOf(n: number): RawChange['source'] {
  const day = (Math.floor(n / 40) + (n % 11 === 0 ? 3 : 0)) % 4
  const ms = firstDay + day * 86_400_000 + n
  return {
    version: '0.1.0',
    connector: 'cassandra',
    name: 'sample',
    db: 'sample',
    table: 'C_UserPurchases',
    snapshot: 'false',
    ts_ms: ms,
    ts_us: ms * 1000 + (n % 1000),
    row_version: n + 1,
    row_hash: n
  }
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** A place in the log as text. */
export const place = ({ partition, offset }: { partition: number; offset: number }): string =>
  `${partition}/${offset}`

/** Change `n` in one of so many months before it was seen, as a first snapshot has them: a batch of a few hundred goes to as many files as there are. */
export function spreadOut<T>(item: LogItem<T>, n: number, months = spreadMonths): LogItem<T> {
  return { ...item, at: new Date(Date.UTC(2026, -((n * 37) % months), 1)) }
}

export const spreadMonths = 59
