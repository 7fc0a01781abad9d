import { createHash } from 'node:crypto'
import { CourantError } from '../../runtime/errors.ts'
import type { Connection } from '../connection.ts'
import { deadLetterHeaders, keyHeader, letterNamed } from '../headers.ts'
import type { KafkaRecord } from '../kafka/port.ts'

/** Letters that are read at once: a replay sends them in their order. */
const lettersAtOnce = 200

const readMs = 30_000

/** Of letters that are not there, or may not be read. */
const absent = new Set(['TOPIC_MISSING', 'OFFSET_LOST'])

/**
 * Tells the replay of a dead letter from a record that only says so. Others pass over a replay, since they have had what
 * it is a copy of; believed by its headers alone, whoever may write to a topic could have them pass anything.
 */
export class Replays {
  readonly #kafka: Connection['kafka']
  /** What a replay of each letter looks like that was read last, by topic. */
  readonly #known = new Map<string, ReadonlyMap<number, string>>()

  constructor({ kafka }: Pick<Connection, 'kafka'>) {
    this.#kafka = kafka
  }

  /**
   * Whether the record is a copy of the letter it names; null where this pipeline has no right to look. Rejects with
   * TOPICS_UNAVAILABLE.
   */
  async isCopy(record: KafkaRecord, from: string): Promise<boolean | null> {
    const letter = letterNamed(from)
    if (letter === null) return false
    const known = this.#known.get(letter.topic)
    try {
      const letters = known?.has(letter.offset) ? known : await this.#read(letter.topic, letter.offset)
      return letters.get(letter.offset) === likenessOf(record.topic, record.headers[keyHeader], record)
    } catch (error) {
      if (!(error instanceof CourantError) || error.verdict === 'transient') throw error
      return absent.has(error.code) ? false : null
    }
  }

  async #read(topic: string, offset: number): Promise<ReadonlyMap<number, string>> {
    const letters = new Map<number, string>()
    const from = { topic, partition: 0, offset }
    const options = { limit: lettersAtOnce, signal: AbortSignal.timeout(readMs) }
    for await (const record of this.#kafka.read(from, options)) {
      const { headers, key } = record
      const source = headers[deadLetterHeaders.topic]?.toString() ?? ''
      letters.set(record.offset, likenessOf(source, headers[keyHeader] ?? key ?? '', record))
    }
    options.signal.throwIfAborted()
    this.#known.set(topic, letters)
    return letters
  }
}

/** Where it belongs, its key and its bytes, in few of them. */
function likenessOf(
  topic: string,
  key: Buffer | string | undefined,
  { value }: Pick<KafkaRecord, 'value'>
): string {
  const hash = createHash('sha256')
  for (const part of [topic, key ?? '', value ?? '']) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('base64')
}
