import { CourantError } from '../../runtime/errors.ts'
import type { Failure, Item, Position } from '../../runtime/pipeline.ts'
import type { Connection } from '../connection.ts'
import { sendLetters } from './dead-letters.ts'
import type { KafkaAdmin, KafkaRecord, PartitionOffsets, TopicPartition } from '../kafka/port.ts'
import { placeOf } from '../log/repeats.ts'
import { saveSkip, type Skip, skipsOf } from './skips.ts'
import { withAdmin } from '../kafka/admin/with-admin.ts'

/** What somebody wants a pipeline to pass. */
interface SkipRequest extends TopicPartition {
  readonly pipeline: string
  /** Where the pipeline stands, when absent. */
  readonly from?: number | undefined
  readonly to: number
  readonly reason: string
  readonly isDryRun: boolean
  readonly signal: AbortSignal
}

/** What was passed, or would be. */
interface SkipReport extends Skip {
  /** Records that lie there and can be read: each becomes a dead letter, which can be replayed. */
  readonly records: number
  /** Why the rest cannot be read; it becomes one dead letter without its bytes. */
  readonly unreadable: string | null
}

/** More at once are no accident of a few records: whoever means it says so several times. */
const mostSkipped = 10_000

/**
 * Has a pipeline pass records that it stands still on: sets each aside as a dead letter with the reason, so that nothing is
 * lost without a trace, and notes the range, which its reader passes from when its partitions are assigned next.
 */
export async function skipRecords(request: SkipRequest, connection: Connection): Promise<SkipReport> {
  const { pipeline, isDryRun, signal } = request
  return withAdmin(connection.kafka, async (admin) => {
    const skip = await rangeOf(request, admin)
    const { found, unreadable } = await recordsIn(skip, connection, signal)
    if (!isDryRun) {
      const letters = [...found, ...(unreadable ? [unreadable] : [])].map((record) =>
        letterOf(record, request)
      )
      await sendLetters(pipeline, letters, { producer: await connection.producer(), signal })
      await saveSkip(pipeline, skip, admin)
    }
    return { ...skip, records: found.length, unreadable: unreadable?.unreadable?.error.message ?? null }
  })
}

async function rangeOf(request: SkipRequest, admin: KafkaAdmin): Promise<Skip> {
  const { pipeline, topic, partition, to, reason } = request
  const log = (await admin.offsets(topic)).find((at) => at.partition === partition)
  if (!log) throw refused(`${topic} has no partition ${partition}`)
  const committed = (await admin.committed(pipeline, [topic])).find((at) => at.partition === partition)
  const from = request.from ?? committed?.offset ?? log.low
  const wanted = { topic, partition, from, to, reason }
  refuseOutside(wanted, log)
  const before = (await skipsOf(pipeline, [topic], admin)).get(placeOf(request))
  // One that is passed already may be forgotten.
  if (before === undefined || before.to < (committed?.offset ?? log.low)) return wanted
  if (from > before.to + 1 || to < before.from - 1)
    throw refused(`${pipeline} has not passed offsets ${before.from} to ${before.to} yet: start it first`)
  return { ...wanted, from: Math.min(from, before.from), to: Math.max(to, before.to) }
}

function refuseOutside({ from, to }: Skip, { high }: PartitionOffsets): void {
  if (to < from || to >= high)
    throw refused(`--to must be an offset from ${from}, where it begins, to ${high - 1}, the last in the log`)
  if (to - from >= mostSkipped) throw refused(`At most ${mostSkipped} offsets can be passed at once`)
}

const refused = (message: string) => new CourantError('CONFIG_INVALID', message)

/** What can be read of a range, and a record that stands for the rest. */
async function recordsIn(
  skip: Skip,
  { kafka }: Connection,
  signal: AbortSignal
): Promise<{ found: readonly KafkaRecord[]; unreadable: KafkaRecord | null }> {
  const found: KafkaRecord[] = []
  const { topic, partition, to } = skip
  let offset = skip.from
  try {
    for await (const record of kafka.read({ topic, partition, offset }, { signal })) {
      if (record.offset > to) break
      found.push(record)
      offset = record.offset + 1
    }
    signal.throwIfAborted()
    return { found, unreadable: null }
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return { found, unreadable: gap(skip, offset, error) }
  }
}

function gap({ topic, partition, to }: Skip, from: number, cause: CourantError): KafkaRecord {
  const error = new CourantError('SKIPPED', `Offsets ${from} to ${to} cannot be read: ${cause.message}`, {
    cause
  })
  return {
    topic,
    partition,
    offset: to,
    key: null,
    value: null,
    headers: {},
    timestamp: Date.now(),
    unreadable: { firstOffset: from, lastOffset: to, bytes: Buffer.alloc(0), error }
  }
}

function letterOf(record: KafkaRecord, { reason }: SkipRequest): Failure {
  const { topic, partition, offset } = record
  const id = `${topic}/${partition}/${offset}`
  const at = new Date(record.timestamp)
  const item: Item<null> = { id, value: null, key: '', position: id as Position, at, raw: record }
  return { item, error: new CourantError('SKIPPED', `Passed by hand: ${reason}`), stage: 'read' }
}
