import assert from 'node:assert/strict'
import { verdictOf } from '../../runtime/errors.ts'
import type {
  ConsumerOptions,
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaRecord,
  OutgoingRecord,
  PartitionOffsets,
  PollRequest,
  TopicOffset
} from '../../topics/kafka/port.ts'
import { eventually } from './eventually.ts'
import { unique } from './unique.ts'

/** A topic of one test's own and short ways to use the port on it. */
export class KafkaUse {
  readonly client: KafkaClient
  readonly admin: KafkaAdmin
  readonly topic = unique('contract')
  readonly group = unique('group')

  private constructor(client: KafkaClient, admin: KafkaAdmin) {
    this.client = client
    this.admin = admin
  }

  static async begin(
    client: KafkaClient,
    options: { partitions?: number; config?: Record<string, string> } = {}
  ): Promise<KafkaUse> {
    const use = new KafkaUse(client, await client.admin())
    const { partitions = 1, config = {} } = options
    await use.admin.createTopics([{ name: use.topic, partitions, replicationFactor: 1, config }])
    return use
  }

  /** Records with these texts as values, all of one partition. */
  records(texts: readonly string[], partition = 0): OutgoingRecord[] {
    return texts.map((text) => ({ topic: this.topic, partition, key: text, value: Buffer.from(text) }))
  }

  async send(texts: readonly string[], partition = 0): Promise<void> {
    const producer = await this.client.producer()
    await producer.send(this.records(texts, partition))
    await producer.close()
  }

  consumer(options: Partial<ConsumerOptions> = {}): Promise<KafkaConsumer> {
    return this.client.consumer({ group: this.group, topics: [this.topic], ...options })
  }

  /** A consumer that holds its partitions. */
  async joined(options: Partial<ConsumerOptions> = {}): Promise<KafkaConsumer> {
    const consumer = await this.consumer(options)
    await eventually(() => consumer.assignment().length > 0, { timeoutMs: 30_000, what: 'an assignment' })
    return consumer
  }

  at(offset: number, partition = 0): TopicOffset {
    return { topic: this.topic, partition, offset }
  }

  async range(partition = 0): Promise<PartitionOffsets> {
    const range = (await this.admin.offsets(this.topic))[partition]
    assert.ok(range)
    return range
  }

  async committed(partition = 0): Promise<number | undefined> {
    const offsets = await this.admin.committed(this.group, [this.topic])
    return offsets.find((at) => at.partition === partition)?.offset
  }

  /** What the log of a partition holds, read outside any group. */
  async log(partition = 0): Promise<string[]> {
    const texts: string[] = []
    const { low } = await this.range(partition)
    const signal = new AbortController().signal
    for await (const record of this.client.read(this.at(low, partition), { signal })) texts.push(text(record))
    return texts
  }
}

/** Begins a use on a client that the contract has made. */
export type Use = (options?: Parameters<typeof KafkaUse.begin>[1]) => Promise<KafkaUse>

export const text = (record: KafkaRecord) => String(record.value)

/** One poll that waits for records. */
export function poll(
  consumer: KafkaConsumer,
  request: Partial<PollRequest> = {}
): Promise<readonly KafkaRecord[]> {
  const { signal = new AbortController().signal } = request
  return consumer.poll({ limit: 1_000, waitMs: 1_000, lingerMs: 50, ...request, signal })
}

/** Polls until `count` records came, as patient with silent brokers as the runner is, and gives them all. */
export async function pollUntil(
  consumer: KafkaConsumer,
  count: number,
  timeoutMs = 30_000
): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = []
  const deadline = Date.now() + timeoutMs
  while (records.length < count) {
    assert.ok(Date.now() < deadline, `only ${records.length} of ${count} records came`)
    try {
      records.push(...(await poll(consumer, { waitMs: 300 })))
    } catch (error) {
      if (verdictOf(error) !== 'transient') throw error
    }
  }
  return records
}

/** The commit that covers these records. */
export function commitOf(records: readonly KafkaRecord[]): TopicOffset[] {
  const next = new Map<string, TopicOffset>()
  for (const { topic, partition, offset } of records)
    next.set(`${topic}/${partition}`, { topic, partition, offset: offset + 1 })
  return [...next.values()]
}
