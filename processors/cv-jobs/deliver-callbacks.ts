import { createHmac } from 'node:crypto'
import { defineBench } from '../../runtime/define.ts'
import { CourantError } from '../../runtime/errors.ts'
import { postOut, privateTargets } from '../../runtime/loop/outgoing.ts'
import type { AnyPipeline, Spec } from '../../runtime/pipeline.ts'
import type { Settings } from '../../runtime/settings.ts'
import { cvCallbackWaits } from '../../schemas/events.ts'
import type { CvCallback, CvCallbackDue } from '../../schemas/types/cv.ts'
import type { CvJobs, JobView } from '../../schemas/cv/cv-jobs.ts'
import { drawnFrom } from '../../topics/log/bench-reader.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { routed } from '../../topics/log/routed.ts'
import type { Topic } from '../../topics/topic.ts'
import { cvSecretKey, unseal } from './seal.ts'

const waits = cvCallbackWaits.map((wait) => topicOf(wait))
/** Which of the waits comes before each attempt: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
const schedule = [0, 1, 2, 3, 4, 5, 6, 6]
/** Attempts from this number on were asked for by hand: each is made once, beside the schedule. */
export const firstByHand = schedule.length
const atOnce = 16

const targets: Spec<Settings> = {
  describe: 'addresses that callers gave',
  settings: [cvSecretKey, privateTargets],
  open: async ({ settings }) => settings
}

/**
 * `deliver-callbacks`: tells callers that their jobs ended, signed, with one id over all attempts. What is not taken waits
 * in a topic of its own for each wait, so that restarts change nothing and nothing waits behind it.
 */
export const deliverCallbacks = (jobs: Spec<CvJobs>): AnyPipeline =>
  defineBench({
    name: 'deliver-callbacks',
    describe: 'tells callers that their jobs ended, again after a while where they do not take it',
    from: drawnFrom(
      waits.map((topic) => ({ topic })),
      { agesInMs: 60_000 }
    ),
    uses: { jobs, settings: targets },
    places: atOnce,
    work: (due: CvCallbackDue, { use }) => deliver(due, use),
    to: routed(waits, topicFor)
  })

/** The shortest wait that is not over before the callback is due. */
function topicFor({ attempt, first_at, due_at }: CvCallbackDue): Topic<CvCallbackDue> {
  const wanted = due_at - first_at
  const least = schedule[attempt] ?? waits.length - 1
  const at = waits.findIndex((topic, n) => n >= least && (topic.delayMs ?? 0) * 1000 >= wanted)
  return waits[at === -1 ? waits.length - 1 : at] as Topic<CvCallbackDue>
}

async function deliver(
  due: CvCallbackDue,
  { jobs, settings }: { readonly jobs: CvJobs; readonly settings: Settings }
): Promise<readonly CvCallbackDue[]> {
  const { job_id, attempt, callback } = due
  const job = await jobs.view(job_id)
  // It was erased since.
  if (job?.state === 'erased') return []
  if (!job || (job.state !== 'done' && job.state !== 'failed'))
    throw new CourantError('TARGET_UNAVAILABLE', 'The end of a job is not in the job database yet')
  const at = new Date()
  const outcome = await call({ callback, jobId: job_id, job, at }, settings)
  const again = outcome.problem === null ? null : next(due, at, outcome)
  const problem = outcome.problem && `${outcome.problem}${again ? '' : '; given up'}`
  await jobs.attempted(job_id, { attempt, at, status: outcome.status, problem })
  return again ? [again] : []
}

/** How a call ended. */
interface Outcome {
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null
  readonly retryAfterMs: number | null
  /** Null when the caller has taken it. */
  readonly problem: string | null
}

interface Told {
  readonly callback: CvCallback
  readonly jobId: string
  readonly job: JobView
  readonly at: Date
}

async function call({ callback, jobId, job, at }: Told, settings: Settings): Promise<Outcome> {
  const { url, secret } = unseal(callback.sealed, settings)
  const body = bodyOf(jobId, job)
  const headers = headersOf({ id: callback.id, body, at, secret })
  try {
    const mayBePrivate = settings.text(privateTargets) === 'true'
    const { status, retryAfterMs } = await postOut(url, { body, headers, mayBePrivate })
    const isTaken = status >= 200 && status < 300
    return { status, retryAfterMs, problem: isTaken ? null : `HTTP ${status}` }
  } catch (error) {
    if (!(error instanceof CourantError) || error.code !== 'TARGET_UNAVAILABLE') throw error
    return { status: null, retryAfterMs: null, problem: error.message }
  }
}

/** The next attempt, not before the caller asks for it; null once it wants no more (410) or the schedule is over. */
function next(due: CvCallbackDue, at: Date, { status, retryAfterMs }: Outcome): CvCallbackDue | null {
  const attempt = due.attempt + 1
  const wait = schedule[attempt]
  if (wait === undefined || status === 410) return null
  const nowMicros = at.getTime() * 1000
  const waitMicros = Math.max(waits[wait]?.delayMs ?? 0, retryAfterMs ?? 0) * 1000
  return { ...due, attempt, first_at: nowMicros, due_at: nowMicros + waitMicros }
}

/** As the service before sent it. */
function bodyOf(jobId: string, job: JobView): string {
  return JSON.stringify({
    job_id: jobId,
    status: job.state,
    timestamp: Math.floor((job.endedAt?.getTime() ?? 0) / 1000),
    ...(job.state === 'done' ? { data: job.data } : { error: job.error?.fr ?? null })
  })
}

interface Signed {
  readonly id: string
  readonly body: string
  readonly at: Date
  readonly secret: string | null
}

/** The signature of the service before, and those of Standard Webhooks (standardwebhooks.com) beside it. */
function headersOf({ id, body, at, secret }: Signed): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1000))
  const plain = {
    'content-type': 'application/json',
    'user-agent': 'courant',
    'webhook-id': id,
    'webhook-timestamp': seconds
  }
  if (secret === null) return plain
  const sign = (key: Buffer | string, text: string, encoding: 'hex' | 'base64') =>
    createHmac('sha256', key).update(text).digest(encoding)
  return {
    ...plain,
    'x-signature': sign(secret, body, 'hex'),
    'webhook-signature': `v1,${sign(standardKey(secret), `${id}.${seconds}.${body}`, 'base64')}`
  }
}

/** A secret of Standard Webhooks is `whsec_` and base64; any other is taken as it is. */
const standardKey = (secret: string): Buffer | string =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
