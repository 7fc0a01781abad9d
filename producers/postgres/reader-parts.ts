import type { Context, Item } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import { type Origin, changeItem } from '../state/change-item.ts'
import type { KeyState } from '../state/key-state.ts'
import type { Ledger } from '../state/ledger.ts'
import type { Connection } from './connection.ts'
import type { Found } from './table-changes.ts'
import type { TableRows } from './table-rows.ts'

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

/** Hands found changes out as items. */
export function itemsOf(
  { context, origin }: ReaderParts,
  ledger: Ledger,
  { found, position, comesAgain }: HandedOut
): Item<RawChange>[] {
  const entries = found.map(({ entry }) => entry)
  const token = ledger.handOut(entries, position, { comesAgain })
  const seenMs = context.now().getTime()
  return found.map(({ change }) => changeItem(origin, change, { position: token, seenMs }))
}
