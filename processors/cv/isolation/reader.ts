import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ParsedCv } from '../read-cv.ts'
import { CvRefused, isRefusal } from '../refusal.ts'
import type { CvAnswer, CvRequest } from './messages.ts'
import { endTree, treeBytes } from './process-tree.ts'

/** A document that waits for a reader, and who waits for it. */
export interface Job {
  readonly request: CvRequest
  readonly deadlineMs: number
  readonly resolve: (parsed: ParsedCv) => void
  readonly reject: (error: unknown) => void
  /** Pages of it are pictures, and it has not been read. */
  readonly foundPictures: () => void
}

interface Listener {
  readonly free: () => void
  readonly ended: () => void
}

const lookMs = 50
/** V8 and malloc would rather take memory than tidy up: these save a third of it, at no cost of time. */
const memoryFlags = ['--max-old-space-size=192', '--max-semi-space-size=1', '--v8-pool-size=1']
const oneArena = { MALLOC_ARENA_MAX: '1' }
/** Memory that WebAssembly once took is not given back: a process is replaced now and then. */
const documentsPerProcess = 200

/** One process, and the document it reads. It leads a group, so that what it starts ends with it. */
export class Reader {
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
      execArgv: memoryFlags,
      env: { TMPDIR: this.#folder, ...oneArena },
      detached: true,
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
    endTree(this.#child.pid)
  }

  #look(): void {
    if (!this.#job) return
    if (performance.now() - this.#startedAt > this.#job.deadlineMs) this.end('CV_TIMEOUT')
    else if (treeBytes(this.#child.pid) > this.#maxBytes) this.end('CV_CRASHED')
  }

  #answered(answer: CvAnswer): void {
    if (answer.id !== this.#job?.request.id) return
    this.#finish((job) => {
      if ('parsed' in answer) job.resolve(answer.parsed)
      else if ('hasPictures' in answer) job.foundPictures()
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
    // One that crashed may have left a program behind.
    endTree(this.#child.pid)
    this.#finish((job) => job.reject(new CvRefused('CV_CRASHED')))
    rmSync(this.#folder, { recursive: true, force: true })
    this.#listener.ended()
  }
}
