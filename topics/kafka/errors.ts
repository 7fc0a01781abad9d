import { CourantError, type ErrorCode } from '../../runtime/errors.ts'

/** What kafkajs's errors carry, whichever of its twenty classes they are. */
interface KafkaFault {
  readonly name: string
  readonly message: string
  readonly type?: string
  readonly code?: string | number
  readonly retriable?: boolean
  readonly cause?: unknown
  readonly errors?: readonly unknown[]
  readonly groups?: readonly { readonly error?: unknown }[]
}

const codeByType: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TOPIC_MISSING',
  OFFSET_OUT_OF_RANGE: 'OFFSET_LOST',
  MESSAGE_TOO_LARGE: 'RECORD_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'RECORD_TOO_LARGE',
  BROKER_NOT_AVAILABLE: 'TOPICS_UNAVAILABLE',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'TOPICS_UNAVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'TOPICS_UNAVAILABLE',
  REBALANCE_IN_PROGRESS: 'TOPICS_UNAVAILABLE',
  ILLEGAL_GENERATION: 'TOPICS_UNAVAILABLE',
  UNKNOWN_MEMBER_ID: 'TOPICS_UNAVAILABLE',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'TOPICS_UNAVAILABLE',
  UNKNOWN_PRODUCER_ID: 'TOPICS_UNAVAILABLE',
  INVALID_PRODUCER_EPOCH: 'TOPICS_UNAVAILABLE',
  CONCURRENT_TRANSACTIONS: 'TOPICS_UNAVAILABLE',
  OPERATION_NOT_ATTEMPTED: 'TOPICS_UNAVAILABLE',
  INVALID_TIMESTAMP: 'CLOCK_AHEAD',
  UNKNOWN: 'TOPICS_UNAVAILABLE'
}

const advice: Readonly<Partial<Record<ErrorCode, string>>> = {
  TOPIC_MISSING: 'run `courant topics apply`',
  OFFSET_LOST: 'records were deleted before they were read; decide with `courant lag` and the runbook',
  RECORD_TOO_LARGE: 'pass large content by reference',
  // Records carry this machine's time.
  CLOCK_AHEAD:
    "this machine's clock runs ahead of Kafka's, or Kafka's is behind: set them right, and what was not written is written",
  TOPICS_REFUSED: 'correct the credentials, rights or configuration and start again'
}

const reach = 'see that it runs, and that COURANT_KAFKA_BROKERS is right'

/** Translates what kafkajs or a broker raised while `doing`; what neither raised passes unchanged. */
export function kafkaError(error: unknown, doing: string): Error {
  if (error instanceof CourantError) return error
  const fault = rootFault(error)
  if (!fault) return error instanceof Error ? error : new Error(String(error), { cause: error })
  const code = codeOf(fault)
  const todo = fault.name === 'KafkaJSConnectionError' && code === 'TOPICS_UNAVAILABLE' ? reach : advice[code]
  const hint = todo ? `: ${todo}` : ''
  return new CourantError(code, `Kafka could not ${doing} (${fault.message})${hint}`, {
    cause: error,
    details: { kafka: fault.type ?? fault.name }
  })
}

/** Kafka's name of the error, such as REBALANCE_IN_PROGRESS; null when no broker sent one. */
export function protocolType(error: unknown): string | null {
  return rootFault(error)?.type ?? null
}

function codeOf(fault: KafkaFault): ErrorCode {
  const byType = fault.type ? codeByType[fault.type] : undefined
  if (byType) return byType
  if (fault.type) return fault.retriable ? 'TOPICS_UNAVAILABLE' : 'TOPICS_REFUSED'
  if (fault.name === 'KafkaJSSASLAuthenticationError') return 'TOPICS_REFUSED'
  const isBadCertificate = /CERT|TLS|SSL/.test(String(fault.code ?? ''))
  return isBadCertificate ? 'TOPICS_REFUSED' : 'TOPICS_UNAVAILABLE'
}

/** The innermost of kafkajs's own errors: it wraps them in each other, and in aggregates. */
function rootFault(error: unknown): KafkaFault | null {
  if (!(error instanceof Error) || !isKafkajs(error)) return null
  const fault: KafkaFault = error
  const inner = [fault.cause, fault.errors?.[0], fault.groups?.[0]?.error]
  return inner.map(rootFault).find((found) => found !== null) ?? fault
}

/** kafkajs throws bare Errors and TypeErrors too when a connection dies under it; only the stack tells. */
function isKafkajs(error: Error): boolean {
  if (error.name.startsWith('KafkaJS')) return true
  const thrownAt = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return thrownAt?.includes('/node_modules/kafkajs/') ?? false
}
