import type { AnyPipeline, Context, Reader, Spec, Uses, Writer } from '../pipeline.ts'
import { retryTransient } from '../retry.ts'
import { endsWithin } from './stopping.ts'

/** A pipeline's parts, open. */
export interface Parts {
  readonly reader: Reader<unknown>
  readonly writer: Writer<unknown>
  readonly rejects: Writer<unknown> | null
  readonly use: Record<string, unknown>
}

interface Closable {
  close(): Promise<void>
}

/** What each part has to close in, however long the ones before it took. */
const leastCloseMs = 1_000

/** Opens the parts of a pipeline, and closes whatever it has opened. */
export class PartsOpener {
  readonly #context: Context
  readonly #signal: AbortSignal
  readonly #onRetry: ((error: unknown) => void) | undefined
  readonly #opened: Closable[] = []
  #isClosed = false

  constructor(context: Context, signal: AbortSignal, onRetry?: (error: unknown) => void) {
    this.#context = context
    this.#signal = signal
    this.#onRetry = onRetry
  }

  /** Tries again while a part is unavailable: a server that is down at the start is no other than one that goes down. */
  async open(pipeline: AnyPipeline): Promise<Parts> {
    const writer = await this.#part<Writer<unknown>>(pipeline.to)
    const rejects = pipeline.rejects ? await this.#part<Writer<unknown>>(pipeline.rejects) : null
    const use = await this.#uses(pipeline.uses)
    const reader = await this.#part<Reader<unknown>>(pipeline.from)
    return { reader, writer, rejects, use }
  }

  /**
   * Closes the last opened first; a part that cannot be closed, or not in time, is logged and does not keep the others
   * open. One that is still being opened is closed once it is.
   */
  async close(withinMs: number): Promise<void> {
    this.#isClosed = true
    const untilMs = performance.now() + withinMs
    for (const part of this.#opened.toReversed()) {
      const leftMs = Math.max(leastCloseMs, untilMs - performance.now())
      if (!(await endsWithin(this.#close(part), leftMs)))
        this.#context.log.warn({}, 'a part does not close and is left behind')
    }
  }

  async #part<P extends Closable>(spec: Spec<P>): Promise<P> {
    const part = await this.#retried(spec)
    this.#keep(part)
    return part
  }

  async #uses(uses: Uses): Promise<Record<string, unknown>> {
    const opened = await Promise.all(
      Object.entries(uses).map(async ([name, spec]) => {
        const handle = await this.#retried(spec)
        // What a step uses is closed with the rest where it can be.
        if (isClosable(handle)) this.#keep(handle)
        return [name, handle] as const
      })
    )
    return Object.fromEntries(opened)
  }

  #keep(part: Closable): void {
    if (!this.#isClosed) {
      this.#opened.push(part)
      return
    }
    void this.#close(part)
    throw new Error('closed while it was being opened')
  }

  async #close(part: Closable): Promise<void> {
    await part.close().catch((error: unknown) => this.#context.log.warn({ err: error }, 'could not close'))
  }

  #retried<T>(spec: Spec<T>): Promise<T> {
    return retryTransient(() => spec.open(this.#context), {
      signal: this.#signal,
      onRecovered: () => this.#onRetry?.(null),
      onRetry: (error, tries, waitMs) => {
        this.#onRetry?.(error)
        this.#context.log.warn({ err: error, tries, waitMs }, `cannot open ${spec.describe} yet`)
      }
    })
  }
}

const isClosable = (handle: unknown): handle is Closable =>
  typeof (handle as { close?: unknown } | null)?.close === 'function'
