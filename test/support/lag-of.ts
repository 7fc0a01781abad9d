import type { Connection } from '../../topics/connection.ts'
import { type LagSample, type ReadingGroup, sampleLags } from '../../topics/lag.ts'

/** The lag of groups on each partition, by group; throws where it cannot be told. */
export async function lagOf(
  connection: Connection,
  groups: readonly ReadingGroup[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, readonly LagSample[]>> {
  const sampled = await sampleLags(connection, groups, signal)
  return new Map(
    groups.map(({ group }, index) => {
      const result = sampled[index]
      if (result?.status !== 'fulfilled') throw result?.reason
      return [group, result.value]
    })
  )
}
