import { exactNumbers } from '../operate/exact-json.ts'
import { CourantError } from '../runtime/errors.ts'
import { avroType } from '../schemas/avro-type.ts'
import type { DeclaredTopic } from '../topics/catalogue.ts'
import type { Connection } from '../topics/connection.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import type { KafkaRecord, PartitionOffsets } from '../topics/kafka/port.ts'
import { masked } from '../topics/masking.ts'
import { decoder } from '../topics/registry/codec.ts'
import { print } from './verb/output.ts'
import { untilStopSignal } from './verb/stop-signal.ts'

interface TailOptions {
  readonly count: number
  readonly follow: boolean
  readonly isMasked: boolean
}

/** Prints a topic's last records as JSON lines: the last of each partition, then by time. */
export async function tailTopic(
  topic: DeclaredTopic,
  connection: Connection,
  options: TailOptions
): Promise<void> {
  const { kafka } = connection
  const partitions = await withAdmin(kafka, (admin) => admin.offsets(topic.name))
  const show = printer(topic, connection, options.isMasked)
  const { signal } = untilStopSignal()
  const last = (
    await Promise.all(partitions.map((at) => lastOf(at, connection, { count: options.count, signal })))
  )
    .flat()
    .sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset)
  for (const record of last.slice(-options.count)) await show(record)
  if (options.follow)
    await Promise.all(
      partitions.map(async ({ high, ...at }) => {
        for await (const record of kafka.read({ ...at, offset: high }, { follow: true, signal }))
          await show(record)
      })
    )
}

async function lastOf(
  { topic, partition, low, high }: PartitionOffsets,
  { kafka }: Connection,
  { count, signal }: { count: number; signal: AbortSignal }
): Promise<KafkaRecord[]> {
  const from = { topic, partition, offset: Math.max(low, high - count) }
  const records: KafkaRecord[] = []
  if (from.offset < high) for await (const record of kafka.read(from, { signal })) records.push(record)
  return records
}

function printer({ name, schema }: DeclaredTopic, { registry }: Connection, isMasked: boolean) {
  const decode = schema && decoder(avroType(schema), { registry, topic: name })
  return async ({ partition, offset, key, value, timestamp, unreadable }: KafkaRecord): Promise<void> => {
    const place = { partition, offset, producedAt: new Date(timestamp).toISOString(), key: key?.toString() }
    if (unreadable) {
      const { bytes, firstOffset, error } = unreadable
      print(JSON.stringify({ ...place, firstOffset, bytes: bytes.length, unreadable: error.message }))
      return
    }
    if (!schema || !decode || value === null) {
      print(JSON.stringify({ ...place, bytes: value?.length ?? null }))
      return
    }
    try {
      const decoded = await decode(value)
      print(JSON.stringify({ ...place, value: isMasked ? masked(decoded, schema) : decoded }, exactNumbers))
    } catch (error) {
      // One record that cannot be read must not hide the others.
      if (!(error instanceof CourantError) || error.verdict !== 'record') throw error
      print(JSON.stringify({ ...place, bytes: value.length, unreadable: error.message }))
    }
  }
}
