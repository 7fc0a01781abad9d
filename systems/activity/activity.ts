import type { System } from '../system.ts'

const name = 'activity'

/** Users of a social application and what they do: the domain that the sample and the demo show. */
export const activity: System = {
  name,
  describe: 'users of a social application and what they do, from PostgreSQL and Cassandra to the lake',
  async load() {
    const { tableParts } = await import('../tables.ts')
    const { activitySample } = await import('./activity-sample.ts')
    return { ...tableParts(name), sample: activitySample(name) }
  }
}
