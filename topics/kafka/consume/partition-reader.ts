import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../../runtime/errors.ts'
import { visibleBatches } from './aborted.ts'
import { BackOff } from '../back-off.ts'
import { decodeBatch, splitBatches } from '../wire/batch-decoder.ts'
import { kafkaError, protocolType } from '../errors.ts'
import { type Fetched, fetchRequest } from '../wire/fetch-request.ts'
import { createErrorFromCode } from '../admin/kafkajs-cluster.ts'
import { byLeader } from '../leaders.ts'
import type { Connection } from '../connection.ts'
import { Link } from '../wire/link.ts'
import { logRanges, refuseLost } from './log-range.ts'
import type { KafkaRecord, TopicOffset } from '../port.ts'

const fetchOptions = { maxWaitMs: 500, maxBytes: 1_048_576, maxPartitionBytes: 1_048_576 }

/** How long it keeps trying while no broker answers. */
const unavailableMs = 30_000

/** Records of one partition from an offset, outside any group; see KafkaClient.read. */
export async function* readPartition(
  connection: Connection,
  from: TopicOffset,
  options: { limit?: number; follow?: boolean; signal: AbortSignal }
): AsyncGenerator<KafkaRecord> {
  const link = new Link(connection)
  let left = options.limit ?? Number.MAX_SAFE_INTEGER
  try {
    const end = await endOf(link, from)
    const range = { from, stopAt: options.follow ? Number.MAX_SAFE_INTEGER : end, signal: options.signal }
    for await (const record of recordsOf(link, range)) {
      if (left-- <= 0 || options.signal.aborted) return
      yield record
    }
  } finally {
    await link.close()
  }
}

async function* recordsOf(
  link: Link,
  { from, stopAt, signal }: { from: TopicOffset; stopAt: number; signal: AbortSignal }
): AsyncGenerator<KafkaRecord> {
  for (let at = from; at.offset < stopAt && !signal.aborted; ) {
    const part = await fetchPart(link, at, signal)
    const batches = splitBatches(part.set, at)
    for (const batch of visibleBatches(batches, part.aborted))
      for (const record of await decodeBatch(batch, at, at.offset)) if (record.offset < stopAt) yield record
    at = { ...at, offset: Math.max(at.offset, (batches.at(-1)?.lastOffset ?? -1) + 1) }
  }
}

async function endOf(link: Link, from: TopicOffset): Promise<number> {
  try {
    const cluster = await link.cluster()
    await cluster.addMultipleTargetTopics([from.topic])
    byLeader(cluster, [from])
    const [range] = await logRanges(cluster, [from])
    if (!range)
      throw new CourantError('TOPICS_UNAVAILABLE', `${from.topic}/${from.partition} has no leader now`)
    refuseLost(from, range)
    return range.high
  } catch (error) {
    throw kafkaError(error, `read ${from.topic}`)
  }
}

/** The next part, across broker faults. */
async function fetchPart(link: Link, at: TopicOffset, signal: AbortSignal): Promise<Fetched> {
  const backOff = new BackOff()
  const until = performance.now() + unavailableMs
  for (;;) {
    try {
      return await fetchOnce(link, at)
    } catch (error) {
      const known = kafkaError(error, `read ${at.topic}`)
      const isPassing = known instanceof CourantError && known.verdict === 'transient'
      if (!isPassing || performance.now() >= until) throw known
      if (protocolType(error) === null) link.discard()
      await wait(backOff.next(), undefined, { signal }).catch(() => {})
    }
  }
}

async function fetchOnce(link: Link, at: TopicOffset): Promise<Fetched> {
  const cluster = await link.cluster()
  await cluster.addMultipleTargetTopics([at.topic])
  const [leader] = byLeader(cluster, [at]).keys()
  const broker = await cluster.findBroker({ nodeId: leader! })
  const [part] = await broker.connectionPool.send(fetchRequest([at], fetchOptions))
  if (!part) throw new CourantError('TOPICS_UNAVAILABLE', `The broker left out ${at.topic}/${at.partition}`)
  if (part.code === 0) return part
  await cluster.refreshMetadata()
  throw createErrorFromCode(part.code)
}
