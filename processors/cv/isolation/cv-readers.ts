import { availableParallelism } from 'node:os'
import { isPicture } from '../document/document.ts'
import { identify } from '../identify.ts'
import { findTesseract, type Tesseract } from '../ocr/tesseract.ts'
import type { ParsedCv } from '../read-cv.ts'
import { CvRefused } from '../refusal.ts'
import type { CvRequest } from './messages.ts'
import { type Job, Reader } from './reader.ts'

export interface CvReadersOptions {
  /** How many processes read at once; the machine's cores unless told, 4 at most. */
  readonly count?: number
  /** After it a document is given up with CV_TIMEOUT. */
  readonly deadlineMs?: number
  /** The same for one whose pages are pictures, once it is their turn. */
  readonly picturesDeadlineMs?: number
  /** What one process, and what it starts, may take; beyond it is ended, and its document given up with CV_CRASHED. */
  readonly maxBytes?: number
  /** What reads pictures; the one of the search path unless told, null for none. */
  readonly tesseract?: Tesseract | null
}

/**
 * Processes that read documents, so that one which hangs, swells or crashes its reader harms no other: limits of worker
 * threads do not bound memory outside V8's heap. They start when they are needed, are used again, and get nothing of
 * this process's environment. Pictures take seconds: they wait apart, and are read one at a time.
 */
export class CvReaders {
  readonly #options: Required<Omit<CvReadersOptions, 'tesseract'>>
  #tesseract: Tesseract | null | undefined
  readonly #waiting: Job[] = []
  readonly #waitingPictures: Job[] = []
  readonly #readers = new Set<Reader>()
  #nextId = 1
  #isReadingPictures = false
  /** Texts and pictures take turns where there is one reader for both. */
  #wasPicture = false
  #isClosed = false

  constructor({
    count = Math.min(4, availableParallelism()),
    deadlineMs = 20_000,
    picturesDeadlineMs = 120_000,
    maxBytes = 320 * 1024 * 1024,
    tesseract
  }: CvReadersOptions = {}) {
    this.#options = { count, deadlineMs, picturesDeadlineMs, maxBytes }
    this.#tesseract = tesseract
  }

  /** Reads a CV; throws CvRefused for what cannot be read, in time and within bounds. */
  parse(bytes: Uint8Array, options: { fileName?: string; deadlineMs?: number } = {}): Promise<ParsedCv> {
    if (this.#isClosed) throw new Error('the readers are closed')
    // What is refused by its bytes costs no process.
    const type = identify(bytes)
    const { fileName = null, deadlineMs = this.#options.deadlineMs } = options
    return new Promise((resolve, reject) => {
      const job: Job = {
        request: { id: this.#nextId++, bytes, fileName, pictures: 'tell' },
        deadlineMs,
        resolve,
        reject,
        foundPictures: () => this.#addPictures(job)
      }
      if (isPicture(type)) this.#addPictures(job)
      else this.#waiting.push(job)
      this.#next()
    })
  }

  /** Ends the processes; documents that wait or are being read are given up. */
  close(): void {
    this.#isClosed = true
    for (const job of [...this.#waiting.splice(0), ...this.#waitingPictures.splice(0)])
      job.reject(new CvRefused('CV_CRASHED'))
    for (const reader of this.#readers) reader.end('CV_CRASHED')
  }

  /** A document with pictures is read anew: with Tesseract where there is one, else without them. */
  #addPictures({ request, deadlineMs, ...others }: Job): void {
    if (this.#tesseract === undefined) this.#tesseract = findTesseract()
    const tesseract = this.#tesseract
    const job = (pictures: CvRequest['pictures'], ms: number): Job => ({
      ...others,
      request: { ...request, pictures },
      deadlineMs: ms
    })
    if (tesseract === null) this.#waiting.push(job('skip', deadlineMs))
    else this.#waitingPictures.push(this.#alone(job(tesseract, this.#options.picturesDeadlineMs)))
  }

  /** The job, which tells when it has ended. */
  #alone(job: Job): Job {
    const ended =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        this.#isReadingPictures = false
        settle(value)
      }
    return { ...job, resolve: ended(job.resolve), reject: ended(job.reject) }
  }

  #next(): void {
    const mayReadPictures = !this.#isReadingPictures && this.#waitingPictures.length > 0
    if (this.#waiting.length === 0 && !mayReadPictures) return
    const reader = [...this.#readers].find((each) => each.isFree) ?? this.#start()
    if (!reader) return
    const isPictures = mayReadPictures && !(this.#wasPicture && this.#waiting.length > 0)
    this.#wasPicture = isPictures
    if (isPictures) this.#isReadingPictures = true
    const job = isPictures ? this.#waitingPictures.shift() : this.#waiting.shift()
    if (job) reader.read(job)
  }

  #start(): Reader | null {
    if (this.#readers.size >= this.#options.count || this.#isClosed) return null
    const reader: Reader = new Reader(this.#options.maxBytes, {
      free: () => this.#next(),
      ended: () => {
        this.#readers.delete(reader)
        this.#next()
      }
    })
    this.#readers.add(reader)
    return reader
  }
}
