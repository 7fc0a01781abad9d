import { duckdb } from '../../runtime/process/packages.ts'
import { removeTargets, replaceTargets } from './gold-tables.ts'
import { inputs } from './inputs.ts'
import type { InputRows, ModelEngine } from './model-engine.ts'
import type { GoldState, NextOffset } from './state/gold-state.ts'
import type { Target } from './state/target-rows.ts'
import type { Targets } from './state/waiting-days.ts'
import { uncomputable } from './uncomputable.ts'

export interface Refreshed {
  /** Users' days, or parts of them, computed anew. */
  readonly days: number
  /** Offsets that all of Gold has reached, or null when time ran out before everything that waited was computed. */
  readonly offsets: readonly NextOffset[] | null
}

/** Targets computed at once: at first few, so that a little is soon seen; then more, to spread the cost of a query. */
const portion = { first: 250, growth: 2, most: 1000 } as const

/**
 * Computes every waiting day anew, in portions and the longest waiting first, into the attached database `gold`; stops
 * early after `maxMs`. A day waits until it is written, so that a crash in between computes it once more, with the
 * same result.
 */
export async function refresh(
  state: GoldState,
  engine: ModelEngine,
  { maxMs }: { readonly maxMs: number }
): Promise<Refreshed> {
  const deadline = performance.now() + maxMs
  const [upTo, offsets] = [state.waiting.mark, state.offsets()]
  let days = 0
  for (let limit: number = portion.first; ; limit = Math.min(portion.most, limit * portion.growth)) {
    const subject = state.waiting.longestWaiting(upTo)
    if (subject === null) return { days, offsets }
    if (performance.now() > deadline) return { days, offsets: null }
    const targets = state.waiting.targets(subject, { upTo, limit })
    await computeTargets(state, engine, targets)
    days += targets.list.length
  }
}

/**
 * Computes targets, and of those that cannot be computed together each half apart, until what fails stands alone: that
 * has no figures and is noted with its cause, whereas the others have theirs.
 */
async function computeTargets(state: GoldState, engine: ModelEngine, targets: Targets): Promise<void> {
  try {
    await computeTogether(state, engine, targets)
  } catch (error) {
    const reason = uncomputable(error)
    if (reason === null) throw error
    const { list } = targets
    const half = Math.ceil(list.length / 2)
    if (list.length > 1) {
      await computeTargets(state, engine, { ...targets, list: list.slice(0, half) })
      await computeTargets(state, engine, { ...targets, list: list.slice(half) })
      return
    }
    await loadTargets(engine, list)
    await removeTargets(engine.connection, targets.subject)
    state.notComputed(targets, reason)
  }
}

async function computeTogether(state: GoldState, engine: ModelEngine, targets: Targets): Promise<void> {
  // Read in one go, with nothing kept in between: the inputs fit each other.
  const rows = inputRows(state, targets)
  await loadTargets(engine, targets.list)
  for (const [name, list] of rows) await engine.load(name, list)
  await replaceTargets(engine.connection, targets.subject)
  await engine.forget()
  state.computed(targets)
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
  for (const { userId, day, part } of targets) {
    appender.appendUUID(duckdb.uuidValue(BigInt(`0x${userId}`)))
    appender.appendDate(new duckdb.DuckDBDateValue(day))
    appender.appendVarchar(part)
    appender.endRow()
  }
  appender.closeSync()
}
