import { CourantError } from '../../runtime/errors.ts'
import { instantText } from './instant-text.ts'
import type { OdsSession } from './ods-database.ts'

/** A partition as one consumer group reads it. */
export interface OffsetPlace {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

const where = 'ConsumerGroup = @group AND Topic = @topic AND PartitionId = @partition'

/** What a claim of a partition gives: a number that fences off all who claimed it before, and where to go on. */
export interface Claim {
  readonly epoch: number
  /** Null when nothing of the partition is in the ODS yet. */
  readonly nextOffset: number | null
}

/** Takes a partition over; call it in a transaction that has locked the table. */
export async function claim(session: OdsSession, place: OffsetPlace): Promise<Claim> {
  const doing = 'claim a partition'
  const own = { ...place }
  const offsets = offsetsOf(session)
  const [known] = await session.query(doing, {
    text: `SELECT NextOffset AS nextoffset, Epoch AS epoch FROM ${offsets} WHERE ${where}`,
    values: own
  })
  const epoch = Number(known?.['epoch'] ?? 0) + 1
  await session.query(doing, {
    text: known
      ? `UPDATE ${offsets} SET Epoch = @epoch, UpdatedAt = @at WHERE ${where}`
      : `INSERT INTO ${offsets} (ConsumerGroup, Topic, PartitionId, Epoch, UpdatedAt) VALUES (@group, @topic, @partition, @epoch, @at)`,
    values: { ...own, epoch, at: now() }
  })
  const next = known?.['nextoffset'] ?? null
  return { epoch, nextOffset: next === null ? null : Number(next) }
}

/** Stores how far a partition is in the ODS, in the transaction of its rows; OFFSET_FENCED when another has claimed it. */
export async function storeOffset(
  session: OdsSession,
  { nextOffset, epoch, ...place }: OffsetPlace & { readonly epoch: number; readonly nextOffset: number }
): Promise<void> {
  const doing = 'store an offset'
  const values = { ...place, epoch, nextOffset, at: now() }
  const offsets = offsetsOf(session)
  await session.query(doing, {
    text: `UPDATE ${offsets} SET NextOffset = @nextOffset, UpdatedAt = @at WHERE ${where} AND Epoch = @epoch`,
    values
  })
  const [row] = await session.query(doing, {
    text: `SELECT Epoch AS epoch FROM ${offsets} WHERE ${where}`,
    values: { ...place }
  })
  if (Number(row?.['epoch']) === epoch) return
  throw new CourantError(
    'OFFSET_FENCED',
    `Another process has taken over ${place.topic}: nothing was written here. See that only one loads this table`
  )
}

// OFFSETS is a reserved word of Transact-SQL.
const offsetsOf = ({ dialect }: OdsSession) => dialect.ownTable('etl', 'Offsets')

const now = () => instantText(Date.now() * 1000)
