import { progressProducer } from '../../producers/progress/progress-producer.ts'
import type { RunReaderOptions } from '../../producers/progress/run-reader.ts'
import { defineSink } from '../../runtime/define.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { erpTopicName } from '../../schemas/erp/run-schema.ts'
import { odsSink, type OdsSinkOptions } from '../../sinks/ods/ods-sink.ts'
import { erpChanges } from '../../topics/erp-changes.ts'

const prefixes = { producer: 'progress.', sink: 'ods.' } as const

/** The pipelines of one table: what reads it run by run, and what merges its runs. */
export function tablePipelines(
  reading: RunReaderOptions,
  hooks: Omit<OdsSinkOptions, 'table'> = {}
): readonly [producer: AnyPipeline, sink: AnyPipeline] {
  const { table } = reading
  return [
    progressProducer(reading),
    defineSink({
      name: `${prefixes.sink}${table.tableName.toLowerCase()}`,
      from: erpChanges(table.tableName),
      into: odsSink({ ...hooks, table })
    })
  ]
}

/** The table that a pipeline of such a name is of; null where none has such a name. */
export function tableIn(pipeline: string): string | null {
  const prefix = Object.values(prefixes).find((one) => pipeline.startsWith(one))
  return prefix === undefined ? null : pipeline.slice(prefix.length)
}

/** The topics that a pipeline of such a name reads. */
export const readsOf = (pipeline: string): readonly string[] =>
  pipeline.startsWith(prefixes.sink) ? [erpTopicName(pipeline.slice(prefixes.sink.length))] : []
