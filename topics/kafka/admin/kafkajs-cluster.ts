/**
 * The one door to kafkajs's inner modules. Courant uses its connections, TLS, SASL, metadata and group requests, and
 * not its producer and consumer loops: they are where the defects lie that test/contracts/kafka-faults.contract.ts
 * names, and where the time goes. The version is pinned exactly, and a unit test holds it, since none of this is
 * public interface.
 */
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { lazily } from '../../../runtime/process/lazily.ts'

const require = createRequire(import.meta.url)

/** One request of Kafka's protocol in a fixed version, and how its reply is read. */
export interface Protocol<Reply> {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
  }
  readonly response: { decode(payload: Buffer): Promise<Reply>; parse(reply: Reply): Promise<Reply> }
  /** Milliseconds to wait for the reply; never less than the cluster's own. */
  readonly requestTimeout?: number
  readonly logResponseError?: boolean
}

interface TopicPartitions<P> {
  topic: string
  partitions: P[]
}

export interface Broker {
  readonly nodeId: number | null
  /** Which versions of each request it speaks, by api key. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: { send<Reply>(protocol: Protocol<Reply>): Promise<Reply> }
  initProducerId(request: { transactionalId?: string; transactionTimeout: number }): Promise<{
    producerId: string
    producerEpoch: number
  }>
  joinGroup(request: {
    groupId: string
    sessionTimeout: number
    rebalanceTimeout: number
    memberId: string
    groupProtocols: { name: string; metadata: Buffer }[]
  }): Promise<JoinedGroup>
  syncGroup(request: {
    groupId: string
    generationId: number
    memberId: string
    groupAssignment: { memberId: string; memberAssignment: Buffer }[]
  }): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: TopicPartitions<{ partition: number; offset: string; metadata?: string }>[]
  }): Promise<unknown>
  offsetFetch(request: { groupId: string; topics: TopicPartitions<{ partition: number }>[] }): Promise<{
    responses: TopicPartitions<{ partition: number; offset: string; metadata: string | null }>[]
  }>
}

export interface JoinedGroup {
  generationId: number
  leaderId: string
  memberId: string
  groupProtocol: string
  members: { memberId: string; memberMetadata: Buffer }[]
}

export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[]
  findBroker(node: { nodeId: number | string }): Promise<Broker>
  getNodeIds(): string[]
  /** Type 1 is the coordinator of transactional ids; `groupId` is such an id then. */
  findGroupCoordinator(group: { groupId: string; coordinatorType?: 0 | 1 }): Promise<Broker>
  fetchTopicsOffset(
    topics: (TopicPartitions<{ partition: number }> & { fromBeginning: boolean })[]
  ): Promise<TopicPartitions<{ partition: number; offset: string }>[]>
}

interface ClusterConfig {
  brokers: string[]
  clientId: string
  ssl: KafkaConfig['ssl']
  sasl?: SASLOptions
  connectionTimeout: number
  requestTimeout: number
  metadataMaxAge: number
  retry: { initialRetryTime: number; maxRetryTime: number; retries: number }
  allowAutoTopicCreation: boolean
  /** 1 is read-committed. */
  isolationLevel: number
  logger: unknown
  socketFactory: SocketFactory
}

export type SocketFactory = (request: {
  host: string
  port: number
  ssl: unknown
  onConnect: () => void
}) => Socket

interface ProtocolError extends Error {
  readonly type: string
  readonly code: number
  readonly retriable: boolean
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests: (this: RequestQueue) => void
}

let areCalm = false

// kafkajs looks at the queue of each connection a thousand times a second, for ever, also where nothing waits in it: a
// twentieth of a core in a process of some dozen pipelines. Only a queue that holds something is worth a look.
/** Mends the queues of kafkajs, once; whatever loads a part of it that has connections calls it first. */
export function calmQueues(): void {
  if (areCalm) return
  areCalm = true
  const { prototype: queue } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  const { scheduleCheckPendingRequests } = queue
  queue.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this)
  }
}

export const KafkaCluster = lazily(() => {
  calmQueues()
  return require('kafkajs/src/cluster') as new (
    config: ClusterConfig
  ) => Cluster
})

type CreateLogger = (options: { level: number; logCreator: unknown }) => unknown

export const createLogger: CreateLogger = (options) =>
  (require('kafkajs/src/loggers') as { createLogger: CreateLogger }).createLogger(options)

/** The error kafkajs makes of a code in a reply. */
export const createErrorFromCode = (code: number): ProtocolError =>
  (
    require('kafkajs/src/protocol/error') as { createErrorFromCode: (code: number) => ProtocolError }
  ).createErrorFromCode(code)
