import { CourantError } from '../../runtime/errors.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import type { LogItem } from '../../runtime/pipeline.ts'
import type { Change } from '../../schemas/change.ts'
import { hasFiles } from './has-files.ts'

/**
 * What was seen longer than this after it happened is history, as a first snapshot brings it: its files are by month,
 * since by day there would be one for every few rows. Never another value: it says where a row is, so a repeat must find
 * the same.
 */
const historyMs = 32 * 86_400_000

/** Of a lake that has files by day alone: what the version before wrote may come again, and belongs there still. */
const transitionMs = 86_400_000

/** The object that says from which time of being seen on history goes to months; it never changes. */
const layoutName = (folder: string): string => `${folder}/_layout.json`

/** Says whether a change is history, by nothing but itself and what the folder says: so it is the same for every writer, at any time. */
export type IsHistory = (item: Pick<LogItem<Pick<Change<unknown>, 'ts_ms'>>, 'at' | 'value'>) => boolean

/** How a folder of the lake tells history; noted in it when it is opened first. */
export async function historyOf(store: ObjectStore, folder: string, now: Date): Promise<IsHistory> {
  const name = layoutName(folder)
  for (;;) {
    const text = await readText(store, name)
    if (text !== null) return isHistorySince(monthsSince(name, text))
    const since = (await hasFiles(store, folder)) ? now.getTime() + transitionMs : 0
    const content = bytesContent(`${JSON.stringify({ months_since_ms: since })}\n`)
    // Another writer may be first: then it is as that one says.
    await store.put(name, content, { ifNoneMatch: '*', contentType: 'application/json' })
  }
}

function isHistorySince(sinceMs: number): IsHistory {
  return ({ at, value }) => value.ts_ms >= sinceMs && value.ts_ms - at.getTime() > historyMs
}

function monthsSince(name: string, text: string): number {
  try {
    const since: unknown = (JSON.parse(text) as { months_since_ms?: unknown }).months_since_ms
    if (typeof since === 'number') return since
  } catch {
    // Said below.
  }
  throw new CourantError(
    'TARGET_REFUSED',
    `${name} does not say since when history goes to months: bring it back as it was. Without it, rows might be stored twice`
  )
}
