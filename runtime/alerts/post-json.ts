import { CourantError } from '../errors.ts'

/** What a called service answered; its body is of no interest. */
export interface PostAnswer {
  readonly status: number
  /** How long it asks us to wait, at most an hour; null when it does not. */
  readonly retryAfterMs: number | null
}

const deadlineMs = 10_000
const longestAnswerBytes = 64 * 1024
const longestWaitMs = 3_600_000

/**
 * Posts JSON to an address that an operator has configured, with a deadline and without following redirects. Rejects
 * with TARGET_UNAVAILABLE when there is no answer; `who` names the service in it, because the address may hold a key.
 */
export async function postJson(
  who: string,
  url: string,
  { body, headers = {}, signal }: { body: unknown; headers?: Record<string, string>; signal?: AbortSignal }
): Promise<PostAnswer> {
  const deadline = AbortSignal.timeout(deadlineMs)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline
    })
    await drain(answer)
    return { status: answer.status, retryAfterMs: retryAfterMs(answer.headers.get('retry-after')) }
  } catch (error) {
    if (signal?.aborted) throw error
    throw new CourantError('TARGET_UNAVAILABLE', `${who} does not answer (${reasonOf(error)})`, {
      cause: error
    })
  }
}

/** Reads an answer, so that its connection can be used again; a long one is cut off. */
async function drain({ body }: Response): Promise<void> {
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > longestAnswerBytes) return
  }
}

/** A number of seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(text: string | null): number | null {
  if (text === null) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestWaitMs)
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } }
  return cause?.code ?? name ?? 'unknown'
}
