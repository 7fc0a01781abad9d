import { CourantError } from '../runtime/errors.ts'
import type { Connection } from '../topics/connection.ts'
import { offsetAt } from './browse.ts'
import { viewGroup } from './group.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'

/** Where a group is to go on reading. */
export type ResetTo =
  | { readonly to: 'start' }
  | { readonly to: 'end' }
  | { readonly to: 'time'; readonly at: Date }

/** What a reset would change in a partition. */
interface PartitionReset {
  readonly topic: string
  readonly partition: number
  readonly from: number | null
  readonly to: number
}

/** What a reset would do: nothing is changed by asking. */
export interface ResetPlan {
  readonly group: string
  readonly members: number
  readonly partitions: readonly PartitionReset[]
  /** Records that would be read again, and records that would never be. */
  readonly again: number
  readonly skipped: number
}

interface Asking {
  readonly connection: Connection
  readonly signal: AbortSignal
}

/** Says what resetting a group would do. A partition that would stay where it is is left out. */
export async function planReset(
  group: string,
  { topics, target }: { readonly topics: readonly string[]; readonly target: ResetTo },
  { connection, signal }: Asking
): Promise<ResetPlan> {
  const view = await viewGroup(group, topics, { connection, signal })
  const { kafka } = connection
  const all = await Promise.all(
    view.partitions.map(async ({ topic, partition, committed, low, end }) => {
      const to = await offsetOf(target, { topic, partition, low, high: end }, { kafka, signal })
      // One that never committed begins at the start.
      const at = Math.max(low, committed ?? low)
      return {
        topic,
        partition,
        from: committed,
        to,
        again: Math.max(0, at - to),
        skipped: Math.max(0, to - at)
      }
    })
  )
  const sum = (of: 'again' | 'skipped') => all.reduce((total, one) => total + one[of], 0)
  return {
    group,
    members: view.members,
    partitions: all
      .filter(({ from, to }) => from !== to)
      .map(({ topic, partition, from, to }) => ({ topic, partition, from, to })),
    again: sum('again'),
    skipped: sum('skipped')
  }
}

async function offsetOf(
  target: ResetTo,
  at: Parameters<typeof offsetAt>[1],
  options: Parameters<typeof offsetAt>[2]
): Promise<number> {
  if (target.to === 'time') return offsetAt(target.at, at, options)
  return target.to === 'start' ? at.low : at.high
}

/** Does what the plan says; refused while anybody reads as that group, who would commit over it. */
export async function applyReset({ group, partitions }: ResetPlan, { kafka }: Connection): Promise<void> {
  return withAdmin(kafka, async (admin) => {
    if ((await admin.members(group)) > 0)
      throw new CourantError(
        'TOPICS_REFUSED',
        `${group} is being read: stop its pipeline first, in every process`
      )
    if (partitions.length === 0) return
    await admin.setCommitted(
      group,
      partitions.map(({ topic, partition, to }) => ({ topic, partition, offset: to }))
    )
  })
}
