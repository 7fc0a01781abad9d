import type { Channel, Item, LogItem, Reader, Spec, Writer } from '../runtime/pipeline.ts'
import { changeId } from '../schemas/change.ts'
import type { RunEnvelope } from '../schemas/erp/run-envelope.ts'
import { erpTopicName } from '../schemas/erp/run-schema.ts'
import type { DeclaredTopic } from './catalogue.ts'
import { connectionSettings } from './connection.ts'
import { RunWriter } from './erp-run-writer.ts'
import { confirmNewTopic } from './generations.ts'
import { confirmGap } from './log/starting-offsets.ts'
import { LogReader } from './log/log-reader.ts'
import { planSettings } from './plan.ts'
import type { Shape } from './topic.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The key of markers; they share the one partition with the rows, so their place among them is kept. */
export const markerKey = 'marker'

/** The topic of an ERP table's changes. One partition keeps rows between the markers of their run. */
export function erpTopic(table: string): DeclaredTopic {
  return {
    name: erpTopicName(table),
    describe: `${table} of the ERP, run by run, each between its markers`,
    owner: 'erp',
    partitions: 1,
    // Never compacted: the rows between two markers are counted.
    config: { 'cleanup.policy': 'delete', 'retention.ms': String(7 * dayMs) }
  }
}

/**
 * The changes of an ERP table as a channel. Its schema is no file: the writer makes and registers it from the columns
 * in each start marker, and readers get rows as they were written, with the columns that their run had.
 */
export function erpChanges(table: string): Channel<RunEnvelope> {
  const topic = erpTopic(table)
  return {
    name: topic.name,
    reader: (group, { repeatWindow = 0 } = {}): Spec<Reader<RunEnvelope, LogItem<RunEnvelope>>> => ({
      describe: `topic ${topic.name}`,
      settings: [...connectionSettings, confirmNewTopic, confirmGap],
      open: async (context) =>
        new LogReader<RunEnvelope>([{ name: topic.name, shape, type: null }], {
          group,
          repeatWindow,
          context
        })
    }),
    writer: (): Spec<Writer<RunEnvelope, Item<RunEnvelope>>> => ({
      describe: `topic ${topic.name}`,
      settings: [...connectionSettings, ...planSettings],
      // Of hundreds of columns, larger batches outlive the young generation, and copying them costs more than sending.
      batching: { maxItems: 200, lingerMs: 0 },
      open: async (context) => new RunWriter(table, topic, context)
    })
  }
}

const shape: Omit<Shape<RunEnvelope>, 'keyOf'> = {
  idOf: ({ marker, source }, key) => (marker ? markerId(marker) : changeId(key, source)),
  atOf: ({ source }) => new Date(source.ts_ms)
}

/** The same on every attempt to publish the marker. */
export const markerId = ({ run_id, kind }: { readonly run_id: string; readonly kind: string }) =>
  `${run_id}/${kind}`
