import { join } from 'node:path'
import type { Sample } from '../system.ts'

/** The sample of `local/sample/`: it shows changes and deletes soon, and writes the lake to a folder. */
export const activitySample = (system: string): Sample => ({
  servers: ['kafka', 'registry', 'cassandra', 'postgres'],
  settings: (dataDir) => ({
    COURANT_LAKE_URL: join(dataDir, 'lake'),
    COURANT_STATE_DIR: join(dataDir, 'state'),
    COURANT_GOLD_DIR: join(dataDir, 'gold'),
    COURANT_ANALYTICS_PATH: join(dataDir, 'analytics.duckdb'),
    COURANT_POSTGRES_COMPARE_MS: '20000',
    COURANT_CASSANDRA_COMPARE_MS: '20000',
    COURANT_LAKE_LINGER_MS: '2000',
    COURANT_LOG_LEVEL: 'warn',
    COURANT_SYSTEMS: system
  }),
  stages: [
    { name: 'extract', has: ({ kind }) => kind === 'producer' },
    { name: 'clean', has: ({ kind }) => kind === 'processor' },
    { name: 'bronze', has: ({ name }) => name.startsWith('bronze.') },
    { name: 'silver', has: ({ name }) => name.startsWith('silver.') },
    { name: 'gold', has: ({ name }) => name === 'gold' }
  ],
  async open(settings) {
    const { connectSources } = await import('../../local/sample/connect-sources.ts')
    const { fillSampleOnce, sampleSize } = await import('../../local/sample/fill-sample-once.ts')
    const { trickle } = await import('../../local/sample/trickle.ts')
    const { goldPreview } = await import('../../sinks/warehouse/gold-preview.ts')
    const sources = await connectSources(settings)
    return {
      fillOnce: (report) => fillSampleOnce(sources, report),
      goOn: ({ signal, perSecond }) => trickle({ signal, perSecond, seed: sampleSize.seed }, sources),
      async results() {
        const tables = await goldPreview(settings)
        return tables
          .filter(({ table }) => table.startsWith('global_'))
          .map(({ table, rows }) => ({ title: table, rows }))
      },
      close: () => sources.close()
    }
  }
})
