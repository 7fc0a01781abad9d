import type { CvRequest } from '../types/cv.ts'

/** A job as it stands. */
export interface JobView {
  readonly state: 'pending' | 'running' | 'done' | 'failed' | 'cancelled' | 'erased'
  readonly priority: string
  readonly acceptedAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly fileName: string
  /** Name of the file in the store; null once it is erased. */
  readonly object: string | null
  readonly data: unknown
  readonly error: { readonly code: string; readonly fr: string; readonly en: string } | null
  /** Jobs of its lane that start before it, and itself; null once it has started. */
  readonly position: number | null
}

/** One try to tell a caller that its job ended. */
export interface CallbackAttempt {
  readonly attempt: number
  readonly at: Date
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null
  readonly problem: string | null
}

/** Where the service keeps how its jobs stand. */
export interface CvJobs {
  /**
   * A worker takes a job in hand. Null once it ended or was cancelled: it is not begun again. It may be running: then
   * its worker has died, or others have its partition now, and whose result comes first counts. `isAgain` when this
   * process is at it already: that is no other start.
   */
  begin(request: CvRequest, how?: { readonly isAgain?: boolean }): Promise<{ readonly starts: number } | null>
  /** What the same parser read from the same bytes before; null when it has not. */
  known(sha256: string, parser: string): Promise<unknown>
  /** Null when it is not here (yet). */
  view(jobId: string): Promise<JobView | null>
  /** Notes an attempt; one that was noted stays. */
  attempted(jobId: string, attempt: CallbackAttempt): Promise<void>
}
