import type { Context, Failure, Item } from '../../runtime/pipeline.ts'
import { isAbort, retryTransient } from '../../runtime/retry.ts'
import { writeBatch } from '../../runtime/loop/write-batch.ts'
import type { Micros } from '../../schemas/change.ts'
import { events } from '../../schemas/events.ts'
import type { SubmittedApplication } from '../../schemas/types/applications.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import type { ApplicationSource } from './application-source.ts'
import {
  type ChangedPage,
  maxPageRows,
  readChangedPage,
  submittedItem,
  unreadableFailure
} from './changed-page.ts'

export interface PublishChangedOptions {
  readonly since: Micros
  readonly context: Context
  readonly signal: AbortSignal
}

/** How many applications were published, which were set aside, and whether all were found. */
export interface Published {
  readonly count: number
  readonly setAside: readonly Failure[]
  readonly isComplete: boolean
}

/** The pipeline whose dead-letter topic also takes what a backfill sets aside. */
export const dailyPipeline = 'postgres.applications'

/**
 * Writes every application that changed since a moment to its topic, page by page, until the signal aborts; those that
 * cannot be read or written go to the dead letters. What does not answer is asked again.
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
  const deadLetters = await deadLetterWriter(dailyPipeline).open(context)
  const write = (items: readonly Item<unknown>[]) =>
    retried('write', async () => {
      await writer.write(items as readonly Item<SubmittedApplication>[], { signal })
    })
  const setAside: Failure[] = []
  let count = 0
  let page: ChangedPage = { records: [], unreadable: new Map(), after: null }
  try {
    do {
      signal.throwIfAborted()
      const request = { since, after: page.after, limit: maxPageRows }
      page = await retried('read', () => readChangedPage(source, request, 'backfill'))
      const items = page.records.map((record) => submittedItem(record))
      const refused = await writeBatch(write, items)
      const failures = [...page.unreadable].map(([id, error]) => unreadableFailure(id, error)).concat(refused)
      const letters = failures.map((failure) => ({ ...failure.item, value: failure }))
      if (letters.length > 0) await retried('dead letter', async () => deadLetters.write(letters, { signal }))
      setAside.push(...failures)
      count += items.length - refused.length
    } while (page.after !== null)
    return { count, setAside, isComplete: true }
  } catch (error) {
    if (signal.aborted && isAbort(error)) return { count, setAside, isComplete: false }
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
