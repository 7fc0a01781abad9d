import { DuckDBDateValue, uuidValue } from '@duckdb/node-api'
import { replaceTargets } from './gold-tables.ts'
import { inputs } from './inputs.ts'
import type { InputRows, ModelEngine } from './model-engine.ts'
import type { GoldState, NextOffset, Targets } from './state/gold-state.ts'
import type { Subject } from './state/kept-table.ts'
import type { Target } from './state/target-rows.ts'

export interface Refreshed {
  /** Users' days computed anew. */
  readonly days: number
  /** Offsets that all of Gold has reached, or null when time ran out before everything marked was computed. */
  readonly offsets: readonly NextOffset[] | null
}

const subjects: readonly Subject[] = ['activity', 'notifications']

/** Targets computed at once: enough to spread the cost of a query, few enough to keep memory small. */
const targetsAtOnce = 2000

/**
 * Computes every marked day anew, in portions, into the attached database `gold`; stops early after `maxMs`. A mark goes
 * only once its day is written, so that a crash in between computes the day once more, with the same result.
 */
export async function refresh(
  state: GoldState,
  engine: ModelEngine,
  { maxMs }: { readonly maxMs: number }
): Promise<Refreshed> {
  const deadline = performance.now() + maxMs
  const [upTo, offsets] = [state.mark, state.offsets()]
  let days = 0
  for (const subject of subjects)
    for (;;) {
      const targets = state.targets(subject, { upTo, limit: targetsAtOnce })
      if (targets.list.length === 0) break
      if (performance.now() > deadline) return { days, offsets: null }
      await computeTargets(state, engine, targets)
      days += targets.list.length
    }
  return { days, offsets }
}

async function computeTargets(state: GoldState, engine: ModelEngine, targets: Targets): Promise<void> {
  // Read in one go, with nothing kept in between: the inputs fit each other.
  const rows = inputRows(state, targets)
  await loadTargets(engine, targets.list)
  for (const [name, list] of rows) await engine.load(name, list)
  await replaceTargets(engine.connection, targets.subject)
  state.clear(targets)
}

function inputRows(state: GoldState, { subject, list }: Targets): ReadonlyMap<string, InputRows> {
  state.rows.choose(list)
  return new Map(
    inputs.map(({ name, fromState }) => {
      const sql = fromState[subject]
      return [name, sql === undefined ? [] : state.rows.all(sql)]
    })
  )
}

async function loadTargets({ connection }: ModelEngine, targets: readonly Target[]): Promise<void> {
  await connection.run('TRUNCATE targets')
  const appender = await connection.createAppender('targets')
  for (const { userId, day } of targets) {
    appender.appendUUID(uuidValue(BigInt(`0x${userId}`)))
    appender.appendDate(new DuckDBDateValue(day))
    appender.endRow()
  }
  appender.closeSync()
}
