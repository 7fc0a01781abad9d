import type { Context } from '../../runtime/pipeline.ts'
import { isAbort, retryTransient } from '../../runtime/retry.ts'
import type { Micros } from '../../schemas/change.ts'
import { events } from '../../schemas/events.ts'
import { topicOf } from '../../topics/catalogue.ts'
import type { ApplicationSource } from './application-source.ts'
import { type ChangedPage, maxPageRows, readChangedPage, submittedItem } from './changed-page.ts'

export interface PublishChangedOptions {
  readonly since: Micros
  readonly context: Context
  readonly signal: AbortSignal
}

/** How many applications were found, and whether all were. */
export interface Published {
  readonly count: number
  readonly isComplete: boolean
}

/**
 * Writes every application that changed since a moment to its topic, page by page, until the signal aborts. What does
 * not answer is asked again.
 */
export async function publishChanged(
  source: ApplicationSource,
  { since, context, signal }: PublishChangedOptions
): Promise<Published> {
  const retried = <T>(what: string, work: () => Promise<T>) =>
    retryTransient(work, {
      signal,
      onRetry: (error, tries) => context.log.warn({ err: error, tries }, `${what} failed, will try again`)
    })
  const writer = await topicOf(events.submittedApplication).writer().open(context)
  let count = 0
  let page: ChangedPage = { records: [], after: null }
  try {
    do {
      signal.throwIfAborted()
      const request = { since, after: page.after, limit: maxPageRows }
      page = await retried('read', () => readChangedPage(source, request, 'backfill'))
      const items = page.records.map((record) => submittedItem(record))
      if (items.length > 0) await retried('write', () => writer.write(items, { signal }))
      count += items.length
    } while (page.after !== null)
    return { count, isComplete: true }
  } catch (error) {
    if (signal.aborted && isAbort(error)) return { count, isComplete: false }
    throw error
  }
}

/** Counts what publishChanged would publish. */
export async function countChanged(source: ApplicationSource, since: Micros): Promise<number> {
  const limit = 10_000
  let count = 0
  let after: string | null = null
  do {
    const ids: readonly string[] = await source.changed({ since, after, limit })
    count += ids.length
    after = ids.length < limit ? null : (ids.at(-1) ?? null)
  } while (after !== null)
  return count
}
