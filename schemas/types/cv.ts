// Made from the .avsc files by `npm run generate`; do not edit.

/** A callback that is to be sent. */
export interface CvCallbackDue {
  readonly job_id: string
  /** How many were made before. */
  readonly attempt: number
  /** When the wait for this attempt began. Microseconds since the epoch, UTC. */
  readonly first_at: number
  /** When this one is. Microseconds since the epoch, UTC. */
  readonly due_at: number
  readonly callback: CvCallback
}

/** A CV that was accepted and waits to be read. */
export interface CvRequest {
  readonly job_id: string
  /** The lane it waits in. */
  readonly priority: 'premium' | 'standard' | 'batch'
  /** When it was accepted. Microseconds since the epoch, UTC. */
  readonly accepted_at: number
  /** As the client named it. Personal data: name. */
  readonly file_name: string
  /** Name of the file in the store. */
  readonly object: string
  /** Length of the file. */
  readonly bytes: number
  /** Of the file, lower-case hex. */
  readonly sha256: string
  /** Where its end is told; null when nobody asked. */
  readonly callback: CvCallback | null
}

/** Where the end of a job is told. */
export interface CvCallback {
  /** The id of the message, the same over all attempts. */
  readonly id: string
  /** The address and the secret of the signature, encrypted, in base64: {"url", "secret"}. */
  readonly sealed: string
}

/** How a job ended. */
export interface CvResult {
  readonly job_id: string
  /** The lane it waited in. */
  readonly priority: 'premium' | 'standard' | 'batch'
  readonly status: 'done' | 'failed'
  /** Microseconds since the epoch, UTC. */
  readonly accepted_at: number
  /** Microseconds since the epoch, UTC. */
  readonly started_at: number
  /** Microseconds since the epoch, UTC. */
  readonly ended_at: number
  /** As the client named it. Personal data: name. */
  readonly file_name: string
  /** Of the file, lower-case hex. */
  readonly sha256: string
  /** Which parser read it, with its version. */
  readonly parser: string
  /** What was read, as JSON; null of a job that failed. Personal data: text. */
  readonly data: string | null
  /** Null of a job that is done. */
  readonly error: CvError | null
  /** Where its end is told; null when nobody asked. */
  readonly callback: CvCallback | null
}

/** Why a CV was not read. */
export interface CvError {
  readonly code: string
  /** For people, in French. */
  readonly fr: string
  /** For people, in English. */
  readonly en: string
}
