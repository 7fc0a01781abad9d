import { CourantError } from '../../runtime/errors.ts'
import type { Context, StoredOffsets } from '../../runtime/pipeline.ts'
import type { Setting } from '../../runtime/settings.ts'
import type { Generations } from '../generations.ts'
import { refuseLost } from '../kafka/consume/log-range.ts'
import type { AssignedPartition, TopicOffset } from '../kafka/port.ts'
import { placeOf, type Repeats } from './repeats.ts'

export const confirmGap: Setting = {
  env: 'COURANT_CONFIRM_GAP',
  describe:
    'Sinks that may go on where their group has committed, or where the log begins, without the records between what they have and that, separated by commas',
  default: ''
}

interface Start {
  readonly context: Context
  readonly stored: StoredOffsets | undefined
  /** Of a sink whose data says which topics it is of. */
  readonly generations: Generations
  readonly repeats: Repeats
}

/**
 * Where to read newly assigned partitions from, in place of what the group committed: what the sink has stored with its
 * data goes first, and a reader that drops repeats begins a window's length before its start. Throws TOPIC_REPLACED,
 * OFFSET_LOST where the start lies beyond the log (a window before it may lie within, and would be read without end),
 * and SINK_BEHIND where a sink ends before what its group has read and the log no longer has what it lacks.
 */
export async function startingOffsets(
  partitions: readonly AssignedPartition[],
  start: Start
): Promise<readonly TopicOffset[]> {
  const starts: TopicOffset[] = []
  for (const [topic, ofTopic] of Map.groupBy(partitions, (at) => at.topic))
    starts.push(...(await startsOf(topic, ofTopic, start)))
  return starts
}

async function startsOf(
  topic: string,
  partitions: readonly AssignedPartition[],
  start: Start
): Promise<readonly TopicOffset[]> {
  const { stored, generations, repeats } = start
  const numbers = partitions.map(({ partition }) => partition)
  const next = await stored?.nextOffsets(topic, numbers)
  const id = partitions[0]?.topicId ?? null
  const isBehind = partitions.some(
    ({ partition, high, committed }) => (next?.get(partition) ?? committed ?? 0) > high
  )
  await generations.settle({ topic, id, isBehind })
  const begun = partitions.map((at) => ({ at, ...beginning(at, next?.get(at.partition), start) }))
  for (const { at, offset } of begun)
    if (offset !== null && offset > at.high) refuseLost({ ...at, offset }, at)
  // What a sink takes over from its group is its own from now on.
  const taken = begun.flatMap(({ at, offset, isTaken }) =>
    isTaken && offset !== null ? [{ ...at, offset }] : []
  )
  if (taken.length > 0) await stored?.save?.(topic, generations.allToStored(topic, taken))
  return begun
    .filter(({ isLeft }) => !isLeft || repeats.size > 0)
    .map(({ at: { partition, low }, offset }) =>
      // Also where nothing is committed yet: what was read of it before is read again.
      repeats.begin({ topic, partition, offset: offset ?? low }, low)
    )
}

interface Beginning {
  /** Null where there is none, so that it is the beginning of the log. */
  readonly offset: number | null
  /** True where it is the group's own. */
  readonly isLeft?: boolean
  /** True where the sink goes on there without having said that it has what is before. */
  readonly isTaken?: boolean
}

/** Where to begin for a sink that has stored that it wants `own` next. */
function beginning(at: AssignedPartition, own: number | undefined, start: Start): Beginning {
  const { low, committed } = at
  if (own === undefined) return { offset: committed, isLeft: true, isTaken: true }
  const end = start.generations.toLog(at.topic, own)
  // Of what was stored from a topic before this one, nothing says where to begin but the log itself.
  if (end === null) return { offset: low }
  if (committed !== null && committed > end) return behind({ ...at, committed }, end, start)
  if (low > end && end > 0 && isConfirmed(start.context)) return passed(at, { end, offset: low }, start)
  // What has nothing is new: it begins where the log does. Otherwise the port says if the log begins later.
  return { offset: end === 0 ? low : end }
}

/** Where a sink goes on whose group has committed more than it has. */
function behind(
  at: AssignedPartition & { readonly committed: number },
  end: number,
  start: Start
): Beginning {
  const { context, stored } = start
  const { low, committed } = at
  if (isConfirmed(context)) return passed(at, { end, offset: Math.max(low, committed) }, start)
  if (end > 0 && end < low) throw refused(at, end)
  context.metrics.count('sink_behind_group_total')
  context.log[stored?.save ? 'warn' : 'info'](
    { ...placesOf(at), end, committed },
    'what the sink has ends before what its group had read: it is read again from there'
  )
  return { offset: end === 0 ? low : end }
}

function passed(at: AssignedPartition, to: { end: number; offset: number }, { context }: Start): Beginning {
  context.log.warn({ ...placesOf(at), ...to }, 'goes on without the records between, as confirmed')
  return { offset: to.offset, isTaken: true }
}

const placesOf = ({ topic, partition, low }: AssignedPartition) => ({ topic, partition, low })

function isConfirmed({ settings, pipeline }: Context): boolean {
  return settings
    .text(confirmGap)
    .split(',')
    .some((name) => name.trim() === pipeline)
}

function refused(at: AssignedPartition, end: number): CourantError {
  const { low, committed } = at
  return new CourantError(
    'SINK_BEHIND',
    `What is stored of ${placeOf(at)} ends at offset ${end}, its group has read up to ${committed}, and the log begins at ${low}: the sink was put back to an earlier state or is another one, and Kafka no longer has what it lacks. Nothing was read. Correct the address or bring its data back; to go on at ${committed} without it, start once with ${confirmGap.env} naming this pipeline`,
    { details: { ...placesOf(at), end, committed } }
  )
}
