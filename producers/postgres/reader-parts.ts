import type { Batch, Context, Failure, Item, Position } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import { type Origin, changeItem } from '../state/change-item.ts'
import type { KeyState } from '../state/key-state.ts'
import type { Ledger } from '../state/ledger.ts'
import type { Connection } from './connection.ts'
import type { Found } from './table/table-changes.ts'
import type { TableRows } from './table/table-rows.ts'

/** What a reader of either mode is made of. */
export interface ReaderParts {
  readonly context: Context
  readonly connection: Connection
  readonly rows: TableRows
  readonly state: KeyState
  readonly origin: Origin
}

/** Found changes to be handed out; `position` is saved when they are committed. */
interface HandedOut {
  readonly found: readonly Found[]
  readonly position: string
  /** After a crash a log gives the very changes again, a table only its newest rows. */
  readonly comesAgain: boolean
}

/** Hands found changes out as items; a row that cannot be read is set aside instead. */
export function itemsOf(
  { context, origin }: ReaderParts,
  ledger: Ledger,
  { found, position, comesAgain }: HandedOut
): Pick<Batch<RawChange>, 'items' | 'failures'> {
  const entries = found.map(({ entry }) => entry)
  const token = ledger.handOut(entries, position, { comesAgain })
  const seenMs = context.now().getTime()
  const items: Item<RawChange>[] = []
  const failures: Failure[] = []
  for (const { change, error } of found) {
    const item = changeItem(origin, change, { position: token, seenMs })
    if (error) failures.push({ item, error, stage: 'read' })
    else items.push(item)
  }
  return { items, failures }
}

/** The position that a batch saves when it is committed. */
export const positionOf = ({ items, failures = [] }: Batch<RawChange>): Position | undefined =>
  (items[0] ?? failures[0]?.item)?.position
