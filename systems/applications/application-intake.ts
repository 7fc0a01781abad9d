import { setTimeout as wait } from 'node:timers/promises'
import { Batcher } from '../../runtime/loop/batcher.ts'
import { CourantError } from '../../runtime/errors.ts'
import { events } from '../../schemas/events.ts'
import type { SubmittedApplication } from '../../schemas/types/applications.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { checkEvent, sentenceOf } from '../../topics/events.ts'
import type { WriterContext } from '../../topics/log/log-writer.ts'
import { SharedWriter } from '../../edge/shared-writer.ts'
import type { Submission } from './application-body.ts'
import { waitMs } from './webhook-settings.ts'

/** What a read gave, by id. */
interface ApplicationsRead {
  readonly records: ReadonlyMap<string, SubmittedApplication>
  readonly unreadable: ReadonlyMap<string, CourantError>
}

/** Where applications are read. */
export interface ApplicationReads {
  /** How many reads it can do at once. */
  readonly width: number
  /** Whole records by their ids, and why some cannot be read; those that do not exist are in neither. */
  read(ids: readonly string[], trigger: 'webhook'): Promise<ApplicationsRead>
}

/** What became of a submission: in the topic, passed over as the caller has seen it, or nothing to be found. */
export interface Intake {
  readonly outcome: 'accepted' | 'skipped' | 'unknown'
  readonly record: SubmittedApplication | null
}

const topic = topicOf(events.submittedApplication)
const idsPerRead = 100
const firstPauseMs = 25
const longestPauseMs = 400

/** Reads submitted applications and writes them to their topic; what arrives together shares queries and sends. */
export class ApplicationIntake {
  readonly #reads: Batcher<string, SubmittedApplication | CourantError | null>
  readonly #writer: SharedWriter<SubmittedApplication>
  readonly #waitMs: number

  constructor(source: ApplicationReads, context: WriterContext) {
    this.#writer = new SharedWriter(topic, context)
    this.#waitMs = context.settings.number(waitMs)
    this.#reads = new Batcher({
      maxItems: idsPerRead,
      maxAtOnce: source.width,
      async work(ids) {
        const { records, unreadable } = await source.read([...new Set(ids)], 'webhook')
        // An error as an answer, so that it goes to the one who asked and not to all of the batch.
        return ids.map((id) => records.get(id) ?? unreadable.get(id) ?? null)
      }
    })
  }

  /** Resolves with `accepted` only once all in-sync replicas have the record. */
  async take({ applicationId, watermark }: Submission, signal: AbortSignal): Promise<Intake> {
    const record = await this.#find(applicationId, signal)
    if (!record) return { outcome: 'unknown', record }
    if (isSeen(record, watermark)) return { outcome: 'skipped', record }
    const { item, problem } = checkEvent(topic, record, applicationId)
    if (!item)
      throw new CourantError('RECORD_INVALID', `An application cannot be published: ${sentenceOf(problem)}`, {
        details: { applicationId, columns: [problem.path] }
      })
    await this.#writer.write(item, signal)
    return { outcome: 'accepted', record }
  }

  /** The webhook can be faster than the commit that it tells of: it asks again for a while. */
  async #find(id: string, signal: AbortSignal): Promise<SubmittedApplication | null> {
    const until = Date.now() + this.#waitMs
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const record = await this.#reads.ask(id, signal)
      if (record instanceof CourantError) throw record
      const leftMs = until - Date.now()
      if (record || leftMs <= 0) return record
      await wait(Math.min(pauseMs, leftMs), undefined, { signal })
    }
  }
}

/** An application without any time may always be new. */
function isSeen({ application, source }: SubmittedApplication, watermark: number | null): boolean {
  const hasTime = application.updated_at !== null || application.created_at !== null
  return watermark !== null && hasTime && source.event_at_us <= watermark
}
