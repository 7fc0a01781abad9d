import type { KafkaRecord } from './kafka/port.ts'

/** Carries the id of a value that has none of its own. */
export const idHeader = 'courant-id'

/** The key of a record that lies under another one in the log, as a replayed record does in a compacted topic. */
export const keyHeader = 'courant-key'

/** Says of a replayed record which dead letter it was: `<pipeline>.dead/<offset>`. */
export const replayedFromHeader = 'courant-replayed-from'

/** The text of the replayed-from header. */
export const replayedFrom = (pipeline: string, offset: number) => `${pipeline}.dead/${offset}`

/**
 * Which dead letter a record was replayed from; null of any other. The header alone is not believed: a replay lies under
 * that text as its key, so that an ordinary change that somebody puts the header on is read by everybody.
 */
export function replayOf({ key, headers }: Pick<KafkaRecord, 'key' | 'headers'>): string | null {
  const from = headers[replayedFromHeader]?.toString()
  return from !== undefined && headers[keyHeader] !== undefined && key?.toString() === from ? from : null
}

/** The letter that such a text names; null where no letter is named so. */
export function letterNamed(from: string): { readonly topic: string; readonly offset: number } | null {
  const [, topic = '', digits = ''] = /^([a-zA-Z0-9._-]{1,200}\.dead)\/(\d{1,15})$/.exec(from) ?? []
  return topic === '' ? null : { topic, offset: Number(digits) }
}

/** Whether a record was replayed for this pipeline; the others that read the topic have had it and pass over it. */
export const isReplayFor = (pipeline: string, from: string) => from.startsWith(`${pipeline}.dead/`)

/** Says of a dead letter that it lies there without its value, and how many bytes that had. */
export const leftOutHeader = 'courant-value-left-out'

/** Of a dead letter that is a whole batch: its last offset; its first one stands where a record's does. */
export const lastOffsetHeader = 'courant-last-offset'

/**
 * Where a dead letter comes from and why, under the names that Kafka Connect uses (KIP-298), so that tools made for it
 * read them. Messages of our errors hold no personal data; messages of foreign errors might, so they are left out.
 */
export const deadLetterHeaders = {
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  connector: '__connect.errors.connector.name',
  task: '__connect.errors.task.id',
  stage: '__connect.errors.stage',
  className: '__connect.errors.class.name',
  exceptionClass: '__connect.errors.exception.class.name',
  exceptionMessage: '__connect.errors.exception.message',
  stacktrace: '__connect.errors.exception.stacktrace'
} as const
