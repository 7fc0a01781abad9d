import { type EtlTable, priorities } from '../../../schemas/erp/metadata.ts'

/** What orders a run. */
export type Prioritised = Pick<EtlTable, 'tableName' | 'priority'>

/** Tables as they are loaded: critical, then high, then normal; by name within each. */
export function inRunOrder<T extends Prioritised>(tables: readonly T[]): readonly T[] {
  return tables.toSorted(
    (a, b) =>
      priorities.indexOf(a.priority) - priorities.indexOf(b.priority) ||
      a.tableName.localeCompare(b.tableName, 'en')
  )
}

export interface Attempt<T> {
  readonly table: T
  readonly outcome: 'succeeded' | 'failed' | 'skipped'
}

export interface OrderedRun<T> {
  /** Loads one table and says whether that worked; what it throws ends the run. */
  readonly load: (table: T) => Promise<boolean>
  /** A failed critical table does not stop the rest. */
  readonly continueOnError: boolean
  readonly signal: AbortSignal
}

/** Loads tables one after the other; once a critical one has failed, or the signal aborts, the rest are skipped. */
export async function loadInOrder<T extends Prioritised>(
  tables: readonly T[],
  { load, continueOnError, signal }: OrderedRun<T>
): Promise<readonly Attempt<T>[]> {
  const attempts: Attempt<T>[] = []
  let isStopped = false
  for (const table of inRunOrder(tables)) {
    if (isStopped || signal.aborted) {
      attempts.push({ table, outcome: 'skipped' })
      continue
    }
    const outcome = (await load(table)) ? 'succeeded' : 'failed'
    attempts.push({ table, outcome })
    isStopped = outcome === 'failed' && table.priority === 'critical' && !continueOnError
  }
  return attempts
}
