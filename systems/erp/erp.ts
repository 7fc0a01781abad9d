import type { System } from '../system.ts'

/** The ERP on Progress OpenEdge: its tables, as config.ETL_Tables of the ODS names them, in runs to the ODS. */
export const erp: System = {
  name: 'erp',
  describe: 'tables of the ERP (Progress OpenEdge), run by run, into the ODS',
  commands: {
    etl: {
      describe: 'copy the ERP (Progress OpenEdge) into the ODS, and operate that',
      load: async () => (await import('./etl.ts')).etlCommand
    }
  },
  useLocalStack: async (env) => (await import('./sample-erp.ts')).useSampleErp(env),
  load: async () => (await import('./erp-parts.ts')).erpParts()
}
