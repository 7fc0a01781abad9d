import { defineProducer } from '../../runtime/define.ts'
import type { Pipeline, Reader, Spec } from '../../runtime/pipeline.ts'
import type { RunEnvelope } from '../../schemas/erp/run-envelope.ts'
import { erpChanges } from '../../topics/erp-changes.ts'
import { OdbcConnection } from './odbc-connection.ts'
import { planRun } from './run-plan.ts'
import { RunReader, type RunReaderOptions } from './run-reader.ts'
import { progressSettings } from './settings.ts'

/** Copies a table of OpenEdge to its topic: one run, or run after run in mode `watch`. */
export function progressProducer(options: RunReaderOptions): Pipeline<RunEnvelope, RunEnvelope> {
  const { tableName } = options.table
  return defineProducer({
    name: `progress.${tableName.toLowerCase()}`,
    from: progressReader(options),
    to: erpChanges(tableName)
  })
}

/** The runs of one table. Once its run is over it gives nothing more, unless the mode is `watch`. */
export function progressReader(options: RunReaderOptions): Spec<Reader<RunEnvelope>> {
  return {
    describe: `OpenEdge table ${options.table.tableName}`,
    settings: progressSettings,
    open: async (context) => new RunReader(context, options),
    async check({ settings }) {
      const connection = new OdbcConnection(settings)
      try {
        await planRun(connection, settings, options)
      } finally {
        await connection.close()
      }
    }
  }
}
