import type { System } from '../system.ts'

/** The Gold tables, and the views for analysts of every table that flows. */
export const gold: System = {
  name: 'gold',
  describe: 'Gold tables of what users do, and views for analysts of every table',
  commands: {
    gold: {
      describe: 'look at the Gold tables, rebuild them, trace their rows',
      load: async () => (await import('./gold-verb.ts')).goldCommand
    }
  },
  async load() {
    const { goldPipeline } = await import('../../sinks/gold/index.ts')
    const { unseenDays } = await import('../../sinks/gold/gold-publisher.ts')
    const { tableDomains } = await import('../tables.ts')
    return {
      pipelines: [goldPipeline],
      // It also publishes the Silver views.
      runsWith: tableDomains,
      // It commits what it keeps, and publishes a moment later what follows from it.
      async unsettled(running, { registry }) {
        if (!running.has(goldPipeline.name)) return false
        const gauge = await registry.getSingleMetric(`courant_${unseenDays}`)?.get()
        return gauge?.values[0]?.value !== 0
      }
    }
  }
}
