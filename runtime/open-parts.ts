import type { AnyPipeline, Context, Reader, Spec, Uses, Writer } from './pipeline.ts'
import { retryTransient } from './retry.ts'

/** A pipeline's parts, open. */
export interface Parts {
  readonly reader: Reader<unknown>
  readonly writer: Writer<unknown>
  readonly rejects: Writer<unknown> | null
  readonly use: Record<string, unknown>
}

/** Opens the parts of a pipeline, and closes whatever it has opened. */
export class PartsOpener {
  readonly #context: Context
  readonly #signal: AbortSignal
  readonly #onRetry: ((error: unknown) => void) | undefined
  readonly #opened: { close(): Promise<void> }[] = []

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

  /** Closes the last opened first; a part that cannot be closed is logged and does not keep the others open. */
  async close(): Promise<void> {
    for (const part of this.#opened.toReversed())
      await part.close().catch((error: unknown) => this.#context.log.warn({ err: error }, 'could not close'))
  }

  async #part<P extends { close(): Promise<void> }>(spec: Spec<P>): Promise<P> {
    const part = await this.#retried(spec)
    this.#opened.push(part)
    return part
  }

  async #uses(uses: Uses): Promise<Record<string, unknown>> {
    const opened = await Promise.all(
      Object.entries(uses).map(async ([name, spec]) => [name, await this.#retried(spec)] as const)
    )
    // What a step uses is closed with the rest where it can be.
    for (const [, handle] of opened) if (isClosable(handle)) this.#opened.push(handle)
    return Object.fromEntries(opened)
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

const isClosable = (handle: unknown): handle is { close(): Promise<void> } =>
  typeof (handle as { close?: unknown } | null)?.close === 'function'
