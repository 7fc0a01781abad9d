import { CourantError } from '../../runtime/errors.ts'

interface Handle {
  close(): Promise<void>
}

/** What a client has open, to be closed with it; what is closed before is forgotten. */
export class OpenHandles {
  readonly #open = new Set<Handle>()
  #isClosed = false

  get size(): number {
    return this.#open.size
  }

  /** The handle, once it is open; rejects when everything was closed meanwhile. */
  async keep<T extends Handle>(opening: Promise<T>): Promise<T> {
    const handle = await opening
    if (this.#isClosed) {
      await handle.close()
      throw new CourantError('TOPICS_UNAVAILABLE', 'The connection to Kafka was closed meanwhile')
    }
    this.#open.add(handle)
    const close = handle.close.bind(handle)
    handle.close = async () => {
      try {
        await close()
      } finally {
        this.#open.delete(handle)
      }
    }
    return handle
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([...this.#open].map((handle) => handle.close()))
  }
}
