import { CourantError } from '../../runtime/errors.ts'

/** Where a registry is, and how it is asked. */
export interface RegistryAddress {
  readonly host: string
  /** The header that logs us in; null when there is none. */
  readonly authorization: string | null
  readonly timeoutMs: number
}

/** Confluent's code for a schema id that does not exist; a server that is no registry has no such code. */
const noSuchId = 40403

/**
 * Whether a registry may be believed when it has no schema that we can read for an id. A wrong address answers 404 to
 * everything, and a registry that lost its store, or is another one, knows no id of ours: then every record of a
 * backlog would be set aside as unreadable.
 */
export class RegistryProof {
  readonly #address: RegistryAddress
  #isRegistry = false

  constructor(address: RegistryAddress) {
    this.#address = address
  }

  /** Resolves when the registry is ours, and just does not have this id; throws REGISTRY_MISMATCH otherwise. */
  async ofUnknown(id: number, subject: string): Promise<void> {
    const { status, body } = await this.#ask(`/schemas/ids/${id}`)
    const code = (body as { error_code?: unknown } | null)?.error_code
    if (status === 404 && code !== noSuchId)
      throw mismatch(
        `does not answer as a schema registry does (404 without its code ${noSuchId} for schema ${id})`,
        { status, code }
      )
    await this.#ofSubject(id, subject)
  }

  /** Whether a schema is a version of a subject; a registry that cannot be asked that (before Confluent 5.5) is believed. */
  async isOfSubject(id: number, subject: string): Promise<boolean> {
    const { status, body } = await this.#ask(`/schemas/ids/${id}/versions?deleted=true`)
    if (status !== 200 || !Array.isArray(body)) return true
    if ((body as readonly { subject?: unknown }[]).some((version) => version?.subject === subject))
      return true
    await this.#ofSubject(id, subject)
    return false
  }

  /** Resolves when it is a registry, which lists its subjects; a wrong path would pass for one without any. */
  async ofRegistry(): Promise<void> {
    if (this.#isRegistry) return
    const { status, body } = await this.#ask('/subjects')
    // Who may use schemas need not be allowed to list them.
    const isForbidden = status === 401 || status === 403
    if (!isForbidden && !(status === 200 && Array.isArray(body)))
      throw mismatch(`does not answer as a schema registry does (${status} for its subjects)`, { status })
    this.#isRegistry = true
  }

  async #ofSubject(id: number, subject: string): Promise<void> {
    const { status, body } = await this.#ask(`/subjects/${encodeURIComponent(subject)}/versions`)
    if (status === 200 && Array.isArray(body) && body.length > 0) return
    throw mismatch(
      `has neither schema ${id}, which a record names, nor any of ${subject}, whose records name it: it is not the registry they were written with, or it has lost its store`,
      { status, subject }
    )
  }

  /** An answer for good: what may pass is thrown as REGISTRY_UNAVAILABLE. */
  async #ask(path: string): Promise<{ status: number; body: unknown }> {
    const { host, authorization, timeoutMs } = this.#address
    try {
      const answer = await fetch(`${host}${path}`, {
        headers: authorization === null ? {} : { authorization },
        signal: AbortSignal.timeout(timeoutMs)
      })
      const text = await answer.text()
      if (answer.status < 500 && answer.status !== 429) return { status: answer.status, body: parsed(text) }
    } catch (cause) {
      throw unavailable(cause)
    }
    throw unavailable()
  }
}

/** What a registry that is away, or answers with an error of its own, becomes; it says where it was looked for. */
export function unavailable(cause?: unknown, details: Record<string, unknown> = {}): CourantError {
  const { message = '' } = (cause ?? {}) as { message?: string }
  const [reason] = /(?:connect|getaddrinfo) E[A-Z]+.*$/.exec(message) ?? []
  return new CourantError(
    'REGISTRY_UNAVAILABLE',
    `The schema registry does not answer as it should${reason ? ` (${reason})` : ''}: see that it runs, and that COURANT_REGISTRY_URL is right`,
    { cause, details }
  )
}

const mismatch = (what: string, details: Record<string, unknown>) =>
  new CourantError(
    'REGISTRY_MISMATCH',
    `What COURANT_REGISTRY_URL names ${what}. No record was set aside; correct the address, or restore the registry's store`,
    { details }
  )

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
