import { CourantError } from '../../runtime/errors.ts'
import { deadLetterTopic } from '../catalogue.ts'
import type { KafkaAdmin } from '../kafka/port.ts'

/** Offsets from one to another, both of them too. */
export type OffsetRange = readonly [from: number, to: number]

/** Which of a pipeline's dead letters wait: those from `next` on that are not in `settled`. */
export interface LetterProgress {
  readonly low: number
  readonly high: number
  /** All before it were replayed or dismissed, or are gone. */
  readonly next: number
  /** Those after it that were, in order. */
  readonly settled: readonly OffsetRange[]
}

/** The group under which a pipeline's replay keeps how far it has got; single letters after that are in its note. */
const replayGroup = (pipeline: string) => `${deadLetterTopic(pipeline).name}.replay`

/** What a group's note may hold in Kafka is 4,096 bytes. */
const longestNote = 4_000

/** How far the letters of a pipeline are dealt with. */
export async function letterProgress(pipeline: string, admin: KafkaAdmin): Promise<LetterProgress> {
  const { name } = deadLetterTopic(pipeline)
  const [committed] = await admin.committed(replayGroup(pipeline), [name])
  const [log] = await admin.offsets(name)
  if (!log) throw new CourantError('TOPIC_MISSING', `${name} does not exist: run \`courant topics apply\``)
  // Retention may have removed letters that were never replayed.
  const next = Math.min(log.high, Math.max(log.low, committed?.offset ?? 0))
  const settled = rangesIn(committed?.note ?? '').filter(([from, to]) => from > next && to < log.high)
  return { low: log.low, high: log.high, next, settled }
}

/** How many letters wait. */
export const waitingIn = ({ high, next, settled }: LetterProgress): number =>
  high - next - settled.reduce((sum, [from, to]) => sum + to - from + 1, 0)

/** Whether a letter waits no longer, though others before it do. */
export const isSettled = (offset: number, { settled }: LetterProgress): boolean =>
  settled.some(([from, to]) => from <= offset && offset <= to)

/** The last offset of so many waiting letters from the oldest on; null where none waits. */
export function lastOfOldest(progress: LetterProgress, limit: number): number | null {
  let left = limit
  let at = progress.next
  for (const [from, to] of [...progress.settled, [progress.high, progress.high] as const]) {
    const waiting = from - at
    if (waiting >= left) return left > 0 ? at + left - 1 : null
    left -= waiting
    at = to + 1
  }
  return progress.high > progress.next ? progress.high - 1 : null
}

/** Notes that these letters wait no longer. Throws before anything is noted where Kafka has no room for it. */
export async function settle(
  pipeline: string,
  ranges: readonly OffsetRange[],
  admin: KafkaAdmin
): Promise<void> {
  const { offset, note } = settledBy(pipeline, ranges, await letterProgress(pipeline, admin))
  const at = { topic: deadLetterTopic(pipeline).name, partition: 0, offset }
  await admin.setCommitted(replayGroup(pipeline), [note === '' ? at : { ...at, note }])
}

/** What is noted once these are settled; throws where there is no room for it. */
export function settledBy(
  pipeline: string,
  ranges: readonly OffsetRange[],
  progress: LetterProgress
): { readonly offset: number; readonly note: string } {
  let offset = progress.next
  const after: OffsetRange[] = []
  for (const [from, to] of [...progress.settled, ...ranges].toSorted((a, b) => a[0] - b[0])) {
    const last = after.at(-1)
    if (from <= offset) offset = Math.max(offset, to + 1)
    else if (last && from <= last[1] + 1) after[after.length - 1] = [last[0], Math.max(last[1], to)]
    else after.push([from, to])
  }
  const note = after.length === 0 ? '' : JSON.stringify({ settled: after })
  if (note.length > longestNote)
    throw new CourantError(
      'CONFIG_INVALID',
      `So many single letters of ${pipeline} are dealt with between others that wait that Kafka has no room to note more: replay or dismiss its oldest ones first`
    )
  return { offset, note }
}

function rangesIn(note: string): OffsetRange[] {
  try {
    const { settled } = JSON.parse(note) as { settled: unknown }
    if (Array.isArray(settled)) return settled.filter(isRange).toSorted((a, b) => a[0] - b[0])
  } catch {
    // None of ours: no single letter is settled.
  }
  return []
}

const isRange = (range: unknown): range is OffsetRange =>
  Array.isArray(range) &&
  range.length === 2 &&
  range.every((offset) => Number.isSafeInteger(offset) && Number(offset) >= 0) &&
  Number(range[0]) <= Number(range[1])
