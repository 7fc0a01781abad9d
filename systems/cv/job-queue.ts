import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import { seal } from '../../processors/cv-jobs/seal.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Position } from '../../runtime/pipeline.ts'
import { cvCallbackWaits, cvLanes, events } from '../../schemas/events.ts'
import type { CvRequest } from '../../schemas/types/cv.ts'
import { requestsSink } from '../../sinks/cv-jobs/index.ts'
import type { JobView } from '../../schemas/cv/cv-jobs.ts'
import type { JobStore } from '../../sinks/cv-jobs/job-store.ts'
import { SharedWriter } from '../../edge/shared-writer.ts'
import { acknowledgeMs } from '../../edge/within.ts'
import { firstByHand } from '../../processors/cv-jobs/deliver-callbacks.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'
import { partitionFor } from '../../topics/kafka/produce/partitioner.ts'
import { LogWriter, type WriterContext } from '../../topics/log/log-writer.ts'
import type { Upload } from './upload.ts'

/** How long a question about a job waits for the sink to have read what was accepted before it. */
const catchUpMs = 5_000
const lookMs = 100

const objectOf = (jobId: string) => `uploads/${jobId}`

/** What was accepted. */
export interface Accepted {
  readonly jobId: string
  /** How long it waits, by what its lane does; as the service before, 30 s while nothing is known. */
  readonly estimatedSeconds: number
}

export interface JobQueueParts {
  readonly context: WriterContext
  readonly jobs: JobStore
  readonly files: ObjectStore
}

/** Takes CVs in, tells how they stand, cancels and erases them. */
export class JobQueue {
  readonly #context: WriterContext
  readonly #jobs: JobStore
  readonly #files: ObjectStore
  readonly #writers: Readonly<Record<string, SharedWriter<CvRequest>>>

  constructor({ context, jobs, files }: JobQueueParts) {
    this.#context = context
    this.#jobs = jobs
    this.#files = files
    this.#writers = Object.fromEntries(
      Object.entries(cvLanes).map(([priority, lane]) => [priority, new SharedWriter(topicOf(lane), context)])
    )
  }

  /**
   * Keeps the file, then publishes the request: accepted means that both are durable. With an idempotency key, the same
   * key of the same client is the same job.
   */
  async accept(upload: Upload, idempotencyKey: string | null, signal: AbortSignal): Promise<Accepted> {
    const { bytes, fileName, priority, webhook, sha256 } = upload
    const jobId = idempotencyKey === null ? randomUUID() : uuidOf(idempotencyKey)
    const object = objectOf(jobId)
    await this.#files.put(object, bytesContent(bytes), { ifNoneMatch: '*' })
    const { settings } = this.#context
    const value: CvRequest = {
      job_id: jobId,
      priority,
      accepted_at: Date.now() * 1000,
      file_name: fileName,
      object,
      bytes: bytes.length,
      sha256,
      callback: webhook && { id: `msg_${jobId}`, sealed: seal(webhook, settings) }
    }
    const item = { id: jobId, key: jobId, value, at: new Date(), position: '' as Position }
    await this.#writers[priority]?.write(item, signal)
    // So that it is known at once; the sink notes it whatever becomes of this.
    await this.#jobs.accepted(value).catch((error: unknown) => {
      this.#context.log.warn({ err: error }, 'a job is shown once the sink has read it')
    })
    return { jobId, estimatedSeconds: await this.#waitOf(priority) }
  }

  /**
   * A job as it stands; null of one that nobody accepted. What was accepted before the question is in the answer:
   * TARGET_UNAVAILABLE where that is not known in time.
   */
  async view(jobId: string): Promise<JobView | null> {
    const until = Date.now() + catchUpMs
    for (let ends: readonly End[] | null = null; ; await sleep(lookMs)) {
      const job = await this.#jobs.view(jobId)
      if (job) return job.state === 'erased' ? null : job
      ends ??= await this.#ends(jobId)
      if (await this.#hasRead(ends)) {
        const last = await this.#jobs.view(jobId)
        return last?.state === 'erased' ? null : last
      }
      if (Date.now() >= until)
        throw new CourantError(
          'TARGET_UNAVAILABLE',
          `${requestsSink} is behind: whether there is such a job is not known`
        )
    }
  }

  cancel(jobId: string): Promise<boolean> {
    return this.#jobs.cancel(jobId)
  }

  /**
   * Removes what is kept of a job that ended: file, its records by tombstones, then result and attempts. In this order, so
   * that one that was cut short is still known and can be repeated. Null when it has not ended.
   */
  async erase(jobId: string, priority: string): Promise<readonly string[] | null> {
    const job = await this.#jobs.view(jobId)
    if (!job || !['done', 'failed', 'cancelled'].includes(job.state)) return null
    await this.#files.delete(objectOf(jobId))
    const lanes = Object.values(cvLanes).filter(({ topic }) => topic.endsWith(`.${priority}`))
    const topics = [...lanes, events.cvResult, ...cvCallbackWaits].map(({ topic }) => topic)
    const connection = connectionFor(this.#context.settings, this.#context.log)
    const tombstones = await withAdmin(connection.kafka, (admin) =>
      Promise.all(
        topics.map(async (topic) => {
          const partition = partitionFor(jobId, await admin.partitionCount(topic))
          return { topic, partition, key: jobId, value: null }
        })
      )
    )
    await (await connection.producer()).send(tombstones)
    const erased = await this.#jobs.erase(jobId)
    return [
      'file',
      'result',
      `callback attempts: ${erased?.attempts ?? 0}`,
      ...topics.map((topic) => `record of ${topic}`)
    ]
  }

  /** Queues one more attempt to tell the caller of a job that ended, under the same message id, whatever came of others. */
  async redeliver(jobId: string): Promise<void> {
    const [job, callback] = await Promise.all([this.#jobs.view(jobId), this.#jobs.callback(jobId)])
    if (job?.state !== 'done' && job?.state !== 'failed')
      throw new CourantError('CONFIG_INVALID', `${jobId} has not ended, so there is nothing to tell yet`)
    if (!callback) throw new CourantError('CONFIG_INVALID', `Nobody asked to be told how ${jobId} ended`)
    const made = (await this.#jobs.attempts(jobId)).map(({ attempt }) => attempt + 1)
    const attempt = Math.max(firstByHand, ...made)
    const at = new Date()
    const micros = at.getTime() * 1000
    const value = { job_id: jobId, attempt, first_at: micros, due_at: micros, callback }
    const item = { id: `${jobId}:${attempt}`, key: jobId, value, at, position: '' as Position }
    await new LogWriter(topicOf(cvCallbackWaits[0]), this.#context).write([item], {
      signal: AbortSignal.timeout(acknowledgeMs)
    })
  }

  async #waitOf(priority: string): Promise<number> {
    // An estimate is not worth a refusal: the job is accepted.
    const [seconds, pending] = await Promise.all([
      this.#jobs.secondsPerJob(priority).catch(() => null),
      this.#jobs.pending(priority).catch(() => 0)
    ])
    return seconds === null ? 30 : Math.max(1, Math.ceil(seconds * (pending + 1)))
  }

  async #ends(jobId: string): Promise<readonly End[]> {
    return withAdmin(connectionFor(this.#context.settings, this.#context.log).kafka, async (admin) => {
      const lanes = Object.values(cvLanes).map(async ({ topic }) => {
        const offsets = await admin.offsets(topic)
        const partition = partitionFor(jobId, offsets.length)
        const end = offsets.find((at) => at.partition === partition)
        return { topic, partition, end: end && end.high > end.low ? end.high : 0 }
      })
      return await Promise.all(lanes)
    })
  }

  async #hasRead(ends: readonly End[]): Promise<boolean> {
    for (const { topic, partition, end } of ends) {
      const offsets = await this.#jobs.offsets(requestsSink, topic)
      if ((offsets.find((at) => at.partition === partition)?.nextOffset ?? 0) < end) return false
    }
    return true
  }
}

interface End {
  readonly topic: string
  readonly partition: number
  readonly end: number
}

/** A UUID that a text makes, the same each time (RFC 9562, version 8). */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32)
  ].join('-')
}
