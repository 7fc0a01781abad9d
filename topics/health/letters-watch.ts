import type { MetricsRegistry } from '../../runtime/observability.ts'
import type { Connection } from '../connection.ts'
import { countDeadLetters } from '../letters/letters.ts'
import { waitingLetters } from './health-watch.ts'

/** Letters of some days ago may wait a minute more. */
const askEveryMs = 60_000

/** Keeps the gauge `dead_letters_waiting` of pipelines: letters that nobody has replayed or dismissed yet. */
export class LettersWatch {
  readonly #connection: Connection
  readonly #metrics: MetricsRegistry
  readonly #pipelines: readonly string[]
  #askedAt = -Infinity

  constructor(connection: Connection, metrics: MetricsRegistry, pipelines: readonly string[]) {
    this.#connection = connection
    this.#metrics = metrics
    this.#pipelines = pipelines
  }

  /** Asks Kafka where it is due; what it does not tell stays as it was told last. */
  async look(): Promise<void> {
    if (performance.now() - this.#askedAt < askEveryMs) return
    this.#askedAt = performance.now()
    for (const { pipeline, waiting } of await countDeadLetters(this.#pipelines, this.#connection))
      this.#metrics.of(pipeline).gauge(waitingLetters, waiting)
  }
}
