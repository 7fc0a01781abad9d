import { type Applied, applyStep } from './apply-step.ts'
import { type Lease, requireLease } from '../lease.ts'
import type { Parts } from './open-parts.ts'
import type { AnyPipeline, Batch, Context, Failure, Item, LogItem, Writer } from '../pipeline.ts'
import { retryTransient } from '../retry.ts'
import { writeBatch } from './write-batch.ts'

/** What a pipeline's batches are settled with. */
export interface Settling {
  readonly pipeline: AnyPipeline
  readonly parts: Parts
  readonly context: Context
  readonly deadLetters: Writer<Failure>
  /** Aborts what is in hand. */
  readonly deadline: AbortSignal
  /** Told of each transient error before what failed is tried again, and of null once it succeeds. */
  readonly onRetry?: ((error: unknown) => void) | undefined
}

/** What became of a batch's items. */
export interface Outcome {
  /** What the writer took, and what the rejects channel took. */
  readonly taken: readonly Item<unknown>[]
  readonly rejected: readonly Item<unknown>[]
  /** Those of the taken that stand for what was rejected. */
  readonly instead: ReadonlySet<Item<unknown>>
}

/** A batch in hand, under the lease it was read under: step, dead letters, write; the position comes after. */
export class Hand {
  readonly #settling: Settling
  readonly #lease: Lease | undefined
  /** True when the writer holds what it got last, in place of making it durable. */
  isHeld = false

  constructor(settling: Settling, lease: Lease | undefined) {
    this.#settling = settling
    this.#lease = lease
  }

  /** Everything of a batch becomes durable, is set aside or is held; rejects with LeaseLost once others may have it. */
  async settle({ items, failures = [] }: Batch<unknown>): Promise<Outcome> {
    const applied = await this.#step(items)
    await this.#setAside([...failures, ...applied.failures])
    const unrejected = await writeBatch((some) => this.#reject(some), applied.rejected)
    const refused = await writeBatch((some) => this.write(some), applied.out)
    await this.#setAside([...unrejected, ...refused])
    return {
      taken: without(applied.out, refused),
      rejected: without(applied.rejected, unrejected),
      instead: applied.instead
    }
  }

  async write(items: readonly Item<unknown>[]): Promise<void> {
    this.isHeld = (await this.#writeTo('write', this.#settling.parts.writer, items)) === 'held'
  }

  commit(batch: Batch<unknown>): Promise<void> {
    const { parts, deadline } = this.#settling
    return retryIn(this.#settling, { what: 'commit', signal: deadline }, () => parts.reader.commit(batch))
  }

  // All of them again after a transient error: a step changes nothing, or nothing that a repeat would change.
  #step(items: readonly Item<unknown>[]): Promise<Applied> {
    const { pipeline, parts, deadline } = this.#settling
    return retryIn(this.#settling, { what: 'step', signal: deadline }, () =>
      applyStep(pipeline, items, parts.use)
    )
  }

  async #reject(rejected: readonly Item<unknown>[]): Promise<void> {
    const { pipeline, parts } = this.#settling
    if (!parts.rejects) throw new Error(`${pipeline.name} rejects records but has no rejects channel`)
    await this.#writeTo('reject', parts.rejects, rejected)
  }

  async #setAside(failures: readonly Failure[]): Promise<void> {
    if (failures.length === 0) return
    const { deadLetters, context } = this.#settling
    const items = failures.map((failure) => ({ ...failure.item, value: failure }))
    await this.#writeTo('dead letter', deadLetters, items)
    for (const { error, stage, item } of failures) {
      context.metrics.count('dead_letters_total', 1, { code: error.code })
      context.log.warn({ code: error.code, stage, ...placeIn(item) }, 'a record is in the dead-letter topic')
    }
  }

  #writeTo<V>(what: string, writer: Writer<V>, items: readonly Item<V>[]): Promise<void | 'held'> {
    const { deadline } = this.#settling
    const lease = this.#lease
    const write = async () => {
      requireLease(lease)
      return writer.write(items, { signal: deadline, ...(lease && { lease }) })
    }
    return retryIn(this.#settling, { what, signal: deadline }, write)
  }
}

/** Tries again while an error is transient, and says so where people and machines look. */
export function retryIn<T>(
  { context, onRetry }: Pick<Settling, 'context' | 'onRetry'>,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
  attempt: () => Promise<T>
): Promise<T> {
  return retryTransient(attempt, {
    signal,
    onRecovered: () => onRetry?.(null),
    onRetry: (error, tries, waitMs) => {
      onRetry?.(error)
      context.metrics.count('retries_total', 1, { what })
      context.log.warn({ err: error, tries, waitMs }, `${what} failed, will try again`)
    }
  })
}

/** Says that a batch was left to whoever it belongs to now. */
export function tellLeft({ items }: Batch<unknown>, { metrics, log }: Context): void {
  if (items.length === 0) return
  metrics.count('batches_left_total')
  log.warn({ items: items.length }, 'left a batch that others may have; it is read again')
}

/** Where an item lies, when it was read from a topic; a position of another kind may hold a key. */
function placeIn(item: Item<unknown>): object {
  const { topic, partition, offset } = item as Partial<LogItem<unknown>>
  return topic === undefined ? {} : { topic, partition, offset }
}

function without(items: readonly Item<unknown>[], failures: readonly Failure[]): readonly Item<unknown>[] {
  if (failures.length === 0) return items
  const failed = new Set(failures.map(({ item }) => item))
  return items.filter((item) => !failed.has(item))
}
