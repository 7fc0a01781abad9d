/** What a batcher does its work with. */
export interface BatcherOptions<In, Out> {
  /** Inputs that one call takes at most. */
  readonly maxItems: number
  /** Calls under way at once at most; with 1 they keep the order of asking. */
  readonly maxAtOnce: number
  /** Answers in the order of the inputs; a rejection is the answer to all of them. */
  readonly work: (inputs: readonly In[]) => Promise<readonly Out[]>
}

interface Waiting<In, Out> {
  readonly input: In
  readonly signal: AbortSignal | undefined
  readonly resolve: (answer: Out) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Answers many single questions by few calls: what is asked while calls are under way shares the next one. An answer
 * always comes from a call that began after the question.
 */
export class Batcher<In, Out> {
  readonly #options: BatcherOptions<In, Out>
  #waiting: Waiting<In, Out>[] = []
  #underWay = 0
  #isDue = false

  constructor(options: BatcherOptions<In, Out>) {
    this.#options = options
  }

  /** The answer to one input. One whose signal is aborted before its call begins is dropped with the signal's reason. */
  ask(input: In, signal?: AbortSignal): Promise<Out> {
    return new Promise<Out>((resolve, reject) => {
      this.#waiting.push({ input, signal, resolve, reject })
      this.#soon()
    })
  }

  /** Not at once: what else arrives in this turn of the event loop comes along. */
  #soon(): void {
    if (this.#isDue || this.#waiting.length === 0 || this.#underWay >= this.#options.maxAtOnce) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      void this.#next()
    })
  }

  async #next(): Promise<void> {
    const batch = this.#take()
    if (batch.length === 0) return
    this.#underWay += 1
    this.#soon()
    try {
      const answers = await this.#options.work(batch.map(({ input }) => input))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Out)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      this.#underWay -= 1
      this.#soon()
    }
  }

  #take(): Waiting<In, Out>[] {
    const late = this.#waiting.filter(({ signal }) => signal?.aborted === true)
    for (const { signal, reject } of late) reject(signal?.reason)
    const wanted = late.length === 0 ? this.#waiting : this.#waiting.filter((one) => !late.includes(one))
    this.#waiting = wanted.slice(this.#options.maxItems)
    return wanted.slice(0, this.#options.maxItems)
  }
}
