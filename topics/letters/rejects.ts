import type { Item, LogItem, Rejected, Spec, Writer } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { Reject } from '../../schemas/reject.ts'
import type { Topic } from '../topic.ts'

/** Where a processor sets rows aside: it is written with what the runner knows, and read as a topic of rejects. */
export interface RejectsChannel {
  readonly name: string
  readonly topic: Topic<Reject>
  writer(): Spec<Writer<Rejected<RawChange>>>
}

/** Writes what a step rejected into a table's rejects topic. */
export function rejectsChannel(topic: Topic<Reject>): RejectsChannel {
  return {
    name: topic.name,
    topic,
    writer() {
      const spec = topic.writer()
      return {
        ...spec,
        async open(context) {
          const rejects = await spec.open(context)
          return {
            write: (items, options) => rejects.write(items.map(asReject), options),
            close: () => rejects.close()
          }
        }
      }
    }
  }
}

function asReject(item: Item<Rejected<RawChange>>): Item<Reject> {
  const { input, reason, field, reasons, item: source } = item.value
  const { topic, partition, offset } = source as LogItem<RawChange>
  const { row_version, row_hash, ts_us } = input.source
  return {
    ...item,
    value: {
      reason,
      field,
      key: item.key,
      topic,
      partition,
      offset,
      row_version,
      row_hash,
      at_us: ts_us,
      op: input.op,
      after: input.after,
      reasons
    }
  }
}
