import { CourantError, verdictOf } from '../errors.ts'
import { mapAtOnce } from './map-at-once.ts'
import { type AnyPipeline, type Failure, type Item, type Rejected, Rejection } from '../pipeline.ts'

/**
 * A batch after the step: what to write, what to set aside, what to reject. Each input is in exactly one of them, but for
 * what is written instead of one that is rejected.
 */
export interface Applied {
  readonly out: Item<unknown>[]
  /** Which of `out` stand for what is rejected. */
  readonly instead: Set<Item<unknown>>
  readonly failures: Failure[]
  readonly rejected: Item<Rejected<unknown>>[]
}

/** Runs the step over a batch; a 'record' error sets its item aside, any other stops the pipeline. */
export async function applyStep(
  pipeline: AnyPipeline,
  items: readonly Item<unknown>[],
  use: Record<string, unknown>
): Promise<Applied> {
  const { step, atOnce = 1 } = pipeline
  if (!step) return { out: [...items], instead: new Set(), failures: [], rejected: [] }
  const applied: Applied = { out: [], instead: new Set(), failures: [], rejected: [] }
  const outcome = (item: Item<unknown>): unknown => step(item.value, { item, use })
  if (atOnce > 1) {
    const outcomes = await mapAtOnce(items, atOnce, (item) => settled(async () => outcome(item)))
    for (const [at, item] of items.entries()) placeSettled(item, outcomes[at], applied)
    return applied
  }
  for (const item of items) {
    try {
      const result = outcome(item)
      // Most steps are synchronous; awaiting each of them would cost more than the step itself.
      place(item, result instanceof Promise ? await result : result, applied)
    } catch (error) {
      applied.failures.push({ item, error: asRecordError(error), stage: 'step' })
    }
  }
  return applied
}

/** What a step gave, or the 'record' error it threw; any other error is thrown on. */
async function settled(outcome: () => Promise<unknown>): Promise<unknown> {
  try {
    return await outcome()
  } catch (error) {
    return asRecordError(error)
  }
}

function placeSettled(item: Item<unknown>, outcome: unknown, applied: Applied): void {
  if (outcome instanceof CourantError) applied.failures.push({ item, error: outcome, stage: 'step' })
  else place(item, outcome, applied)
}

function place(item: Item<unknown>, result: unknown, { out, instead, rejected }: Applied): void {
  if (result instanceof Rejection) {
    const { reason, field, reasons } = result
    rejected.push(emitted(item, item.id, { input: item.value, reason, field, reasons, item }))
    if (result.instead === undefined) return
    const written = emitted(item, item.id, result.instead)
    instead.add(written)
    out.push(written)
  } else if (Array.isArray(result)) {
    for (const [n, value] of result.entries()) out.push(emitted(item, `${item.id}.${n}`, value))
  } else {
    out.push(emitted(item, item.id, result))
  }
}

function emitted<T>({ key, position, at, raw }: Item<unknown>, id: string, value: T): Item<T> {
  return { id, value, key, position, at, raw }
}

function asRecordError(error: unknown): CourantError {
  if (error instanceof CourantError && verdictOf(error) === 'record') return error
  throw error
}
