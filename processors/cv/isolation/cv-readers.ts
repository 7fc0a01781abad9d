import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { identify } from '../identify.ts'
import type { ParsedCv } from '../read-cv.ts'
import { CvRefused, isRefusal } from '../refusal.ts'
import type { CvAnswer, CvRequest } from './messages.ts'

export interface CvReadersOptions {
  /** How many processes read at once; the machine's cores unless told, 4 at most. */
  readonly count?: number
  /** After it a document is given up with CV_TIMEOUT. */
  readonly deadlineMs?: number
  /** What one process may take; beyond it is ended, and its document given up with CV_CRASHED. */
  readonly maxBytes?: number
}

interface Job {
  readonly request: CvRequest
  readonly resolve: (parsed: ParsedCv) => void
  readonly reject: (error: unknown) => void
  readonly deadlineMs: number
}

const pageBytes = 4_096
const lookMs = 50
const heapMb = 192
/** Memory that WebAssembly once took is not given back: a process is replaced now and then. */
const documentsPerProcess = 200

/**
 * Processes that read documents, so that one which hangs, swells or crashes its reader harms no other: limits of worker
 * threads do not bound memory outside V8's heap. They start when they are needed, are used again, and get nothing of
 * this process's environment.
 */
export class CvReaders {
  readonly #count: number
  readonly #deadlineMs: number
  readonly #maxBytes: number
  readonly #waiting: Job[] = []
  readonly #readers = new Set<Reader>()
  #nextId = 1
  #isClosed = false

  constructor({ count, deadlineMs = 20_000, maxBytes = 320 * 1024 * 1024 }: CvReadersOptions = {}) {
    this.#count = count ?? Math.min(4, availableParallelism())
    this.#deadlineMs = deadlineMs
    this.#maxBytes = maxBytes
  }

  /** Reads a CV; throws CvRefused for what cannot be read, in time and within bounds. */
  parse(bytes: Uint8Array, options: { fileName?: string; deadlineMs?: number } = {}): Promise<ParsedCv> {
    if (this.#isClosed) throw new Error('the readers are closed')
    // What is refused by its bytes costs no process.
    identify(bytes)
    const { fileName = null, deadlineMs = this.#deadlineMs } = options
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { id: this.#nextId++, bytes, fileName }, resolve, reject, deadlineMs })
      this.#next()
    })
  }

  /** Ends the processes; documents that are being read are given up. */
  close(): void {
    this.#isClosed = true
    for (const reader of this.#readers) reader.end('CV_CRASHED')
  }

  #next(): void {
    const reader = [...this.#readers].find((each) => each.isFree) ?? this.#start()
    const job = reader && this.#waiting.shift()
    if (job) reader.read(job)
  }

  #start(): Reader | null {
    if (this.#readers.size >= this.#count || this.#isClosed) return null
    const reader: Reader = new Reader(this.#maxBytes, {
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

interface Listener {
  readonly free: () => void
  readonly ended: () => void
}

/** One process, and the document it reads. */
class Reader {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'courant-cv-'))
  readonly #maxBytes: number
  readonly #listener: Listener
  #job: Job | null = null
  #startedAt = 0
  #watch: NodeJS.Timeout | null = null
  #done = 0
  #isEnded = false

  constructor(maxBytes: number, listener: Listener) {
    this.#maxBytes = maxBytes
    this.#listener = listener
    this.#child = fork(join(import.meta.dirname, 'reader-process.ts'), [], {
      execArgv: [`--max-old-space-size=${heapMb}`],
      env: { TMPDIR: this.#folder },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc']
    })
    this.#child.on('message', (answer: CvAnswer) => this.#answered(answer))
    this.#child.on('error', () => this.end('CV_CRASHED'))
    this.#child.on('exit', () => this.#exited())
    this.#child.unref()
    this.#child.channel?.unref()
  }

  get isFree(): boolean {
    return this.#job === null && !this.#isEnded && this.#child.connected && this.#done < documentsPerProcess
  }

  read(job: Job): void {
    this.#job = job
    this.#startedAt = performance.now()
    this.#child.channel?.ref()
    this.#watch = setInterval(() => this.#look(), lookMs)
    this.#child.send(job.request, (error) => {
      if (error) this.end('CV_CRASHED')
    })
  }

  /** Ends the process and gives up the document that it reads. */
  end(refusal: 'CV_TIMEOUT' | 'CV_CRASHED'): void {
    // It takes a moment until the process is gone.
    this.#isEnded = true
    this.#finish((job) => job.reject(new CvRefused(refusal)))
    this.#child.kill('SIGKILL')
  }

  #look(): void {
    if (!this.#job) return
    if (performance.now() - this.#startedAt > this.#job.deadlineMs) this.end('CV_TIMEOUT')
    else if (residentBytes(this.#child.pid) > this.#maxBytes) this.end('CV_CRASHED')
  }

  #answered(answer: CvAnswer): void {
    if (answer.id !== this.#job?.request.id) return
    this.#finish((job) => {
      if ('parsed' in answer) job.resolve(answer.parsed)
      else job.reject(new CvRefused(isRefusal(answer.refusal) ? answer.refusal : 'CV_BROKEN'))
    })
    if (++this.#done >= documentsPerProcess) this.#child.disconnect()
    else this.#listener.free()
  }

  #finish(settle: (job: Job) => void): void {
    if (this.#watch) clearInterval(this.#watch)
    this.#watch = null
    const job = this.#job
    this.#job = null
    this.#child.channel?.unref()
    if (job) settle(job)
  }

  #exited(): void {
    this.#finish((job) => job.reject(new CvRefused('CV_CRASHED')))
    rmSync(this.#folder, { recursive: true, force: true })
    this.#listener.ended()
  }
}

/** What a process holds in memory, where the system tells (Linux). */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes
  } catch {
    return 0
  }
}
