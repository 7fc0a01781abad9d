import type {
  ConsumerOptions,
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaProducer,
  PollRequest,
  TopicPartition
} from './kafka/port.ts'

/**
 * The same Kafka with a prefix before every topic and every group, so that several installations, or tests, share a
 * cluster without seeing each other. Applied here, once, so that no name is forgotten: nothing above knows of it.
 */
export function prefixedKafka(kafka: KafkaClient, prefix: string): KafkaClient {
  if (prefix === '') return kafka
  const names = {
    add: (name: string) => prefix + name,
    strip: (name: string) => name.slice(prefix.length),
    isOurs: (name: string) => name.startsWith(prefix)
  }
  return {
    producer: async () => producerOf(await kafka.producer(), names),
    consumer: async (options) => consumerOf(await kafka.consumer(consumerOptions(options, names)), names),
    admin: async () => adminOf(await kafka.admin(), names),
    async *read(from, options) {
      for await (const record of kafka.read(outward(from, names), options)) yield inward(record, names)
    },
    close: () => kafka.close()
  }
}

interface Names {
  readonly add: (name: string) => string
  readonly strip: (name: string) => string
  readonly isOurs: (name: string) => boolean
}

const outward = <T extends { readonly topic: string }>(at: T, names: Names): T => ({
  ...at,
  topic: names.add(at.topic)
})
const inward = <T extends { readonly topic: string }>(at: T, names: Names): T => ({
  ...at,
  topic: names.strip(at.topic)
})
const allOut = <T extends TopicPartition>(places: readonly T[], names: Names) =>
  places.map((at) => outward(at, names))
const allIn = <T extends TopicPartition>(places: readonly T[], names: Names) =>
  places.map((at) => inward(at, names))

function producerOf(producer: KafkaProducer, names: Names): KafkaProducer {
  return {
    send: (records, options) => producer.send(allOut(records, names), options),
    close: () => producer.close()
  }
}

function consumerOptions(options: ConsumerOptions, names: Names): ConsumerOptions {
  const { group, topics, startAt, onAssignment } = options
  return {
    group: names.add(group),
    topics: topics.map(names.add),
    ...(startAt && { startAt: async (partitions) => allOut(await startAt(allIn(partitions, names)), names) }),
    ...(onAssignment && { onAssignment: (partitions) => onAssignment(allIn(partitions, names)) })
  }
}

function pollRequest({ prefer, delays, ...request }: PollRequest, { add }: Names): PollRequest {
  return {
    ...request,
    ...(prefer && { prefer: prefer.map(add) }),
    ...(delays && { delays: new Map([...delays].map(([topic, delay]) => [add(topic), delay])) })
  }
}

function consumerOf(consumer: KafkaConsumer, names: Names): KafkaConsumer {
  return {
    poll: async (request) => allIn(await consumer.poll(pollRequest(request, names)), names),
    commit: (offsets) => consumer.commit(allOut(offsets, names)),
    lease: () => consumer.lease(),
    assignment: () => allIn(consumer.assignment(), names),
    close: () => consumer.close()
  }
}

function adminOf(admin: KafkaAdmin, names: Names): KafkaAdmin {
  const { add, strip, isOurs } = names
  return {
    topics: async () =>
      (await admin.topics())
        .filter((topic) => isOurs(topic.name))
        .map((topic) => ({ ...topic, name: strip(topic.name) })),
    createTopics: (topics) =>
      admin.createTopics(topics.map((topic) => ({ ...topic, name: add(topic.name) }))),
    addPartitions: (topic, count) => admin.addPartitions(add(topic), count),
    alterTopicConfig: (topic, config) => admin.alterTopicConfig(add(topic), config),
    deleteTopics: (topics) => admin.deleteTopics(topics.map(add)),
    partitionCount: (topic) => admin.partitionCount(add(topic)),
    offsets: async (topic) => allIn(await admin.offsets(add(topic)), names),
    committed: async (group, topics) => allIn(await admin.committed(add(group), topics.map(add)), names),
    setCommitted: (group, offsets) => admin.setCommitted(add(group), allOut(offsets, names)),
    groups: async () => (await admin.groups()).filter(isOurs).map(strip),
    members: (group) => admin.members(add(group)),
    deleteGroups: (groups) => admin.deleteGroups(groups.map(add)),
    close: () => admin.close()
  }
}
