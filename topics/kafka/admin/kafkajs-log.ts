import type { logLevel } from 'kafkajs'
import { kafkajs } from './kafkajs.ts'
import type { Log } from '../../../runtime/pipeline.ts'
import { cutByUs } from '../wire/sockets.ts'

interface KafkajsEntry {
  readonly level: logLevel
  readonly namespace: string
  readonly log: Readonly<Record<string, unknown>>
}

/** The only fields of kafkajs's log lines that we keep: none can carry a payload. */
const kept = ['broker', 'clientId', 'groupId', 'topic', 'partition', 'retryCount'] as const

/**
 * Passes kafkajs's log lines on. Its errors are warnings at most: whether something is wrong is for the port to
 * say, after its own attempts.
 */
export function kafkajsLog(log: Log): (level: logLevel) => (entry: KafkajsEntry) => void {
  return () =>
    ({ level, namespace, log: line }) => {
      const fields: Record<string, unknown> = { kafkajs: namespace }
      for (const name of kept) if (line[name] !== undefined) fields[name] = line[name]
      const message = String(line['message'])
      if (level <= kafkajs.logLevel.ERROR && !message.endsWith(cutByUs)) log.warn(fields, message)
      else log.debug(fields, message)
    }
}
