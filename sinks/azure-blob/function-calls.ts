import { setTimeout as sleep } from 'node:timers/promises'
import { CourantError, verdictOf } from '../../runtime/errors.ts'
import { containerSettings, openContainer } from '../../runtime/object-store/azure-container.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Context, LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import { type PostAnswer, postJson } from '../../runtime/alerts/post-json.ts'
import { inClear } from '../../runtime/process/production.ts'
import type { Setting } from '../../runtime/settings.ts'
import { documentBlobNames, ingestionDate, jsonBlobName } from '../../schemas/applications/blob-names.ts'
import { compareReads } from '../../schemas/applications/newer.ts'
import type { ClaimedApplication } from '../../schemas/types/applications.ts'
import { claimsContainer } from '../../topics/claim-store.ts'
import { connectionFor, connectionSettings } from '../../topics/connection.ts'
import { containers } from './containers.ts'
import { versionOf } from './put-version.ts'
import { blobBatching, writeByKey } from './write-by-key.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'

const functionUrl: Setting = {
  env: 'AZ_FUNC_ON_APP_SUBMITTED_URL',
  describe:
    'Azure Function to be called after the raw export of an application (its address may hold a key); nothing is called when empty',
  secret: true,
  default: '',
  check: (text) =>
    text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? null : 'must be an http(s) address',
  risks: (settings) =>
    inClear('function-plaintext', {
      addresses: [settings.text(functionUrl)],
      isEncrypted: settings.text(functionUrl).startsWith('https:'),
      remedy: `let ${functionUrl.env} begin with https://`
    })
}

const functionKey: Setting = {
  env: 'AZ_FUNC_ON_APP_SUBMITTED_KEY',
  describe: 'Key of that function, sent as x-functions-key',
  secret: true,
  default: ''
}

type ClaimedItem = LogItem<ClaimedApplication>

/** The exporter whose blobs the function is told of. */
export const rawExporter = 'azure.applications-raw'

/**
 * Calls an Azure Function once for each exported version of an application. What was called is marked in the claim
 * store, so that replays and daily runs call nothing again; a crash between call and mark repeats one call, which
 * carries the same `idempotency-key`.
 */
export function functionCallSink(): Spec<Writer<ClaimedApplication, ClaimedItem>> {
  return {
    describe: 'Azure Function AZ_FUNC_ON_APP_SUBMITTED_URL, if any',
    settings: [
      functionUrl,
      functionKey,
      ...containerSettings(containers.raw),
      ...containerSettings(claimsContainer),
      ...connectionSettings
    ],
    batching: blobBatching,
    async open(context) {
      const { settings } = context
      const url = settings.text(functionUrl)
      if (url === '') return { write: async () => undefined, close: async () => undefined }
      const calls = new FunctionCalls({
        url,
        key: settings.text(functionKey),
        container: settings.text(containers.raw),
        raw: await openContainer(settings, containers.raw),
        marks: await openContainer(settings, claimsContainer),
        context
      })
      return {
        write: (items, { signal }) => calls.callAll(items, signal),
        close: async () => undefined
      }
    }
  }
}

interface Parts {
  readonly url: string
  readonly key: string
  readonly container: string
  readonly raw: ObjectStore
  readonly marks: ObjectStore
  readonly context: Context
}

/** Applications whose calls may fail before the batch is tried again later. */
const maxFailures = 20

class FunctionCalls {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Those that fail for a while do not hold up the others; a function that takes nothing is left alone soon. */
  async callAll(items: readonly ClaimedItem[], signal: AbortSignal): Promise<void> {
    const failures = new Map<string, unknown>()
    await writeByKey(items, signal, async (item) => {
      if (failures.has(item.key)) return
      try {
        await this.#call(item, signal)
      } catch (error) {
        failures.set(item.key, error)
        if (verdictOf(error) !== 'transient' || failures.size >= maxFailures) throw error
      }
    })
    for (const error of failures.values()) throw error
  }

  async #call(item: ClaimedItem, signal: AbortSignal): Promise<void> {
    const { url, key, container, marks, context } = this.#parts
    const { application, source } = item.value
    const mark = `calls/${application.id}/${source.content_sha256}`
    if (await marks.head(mark)) return
    await this.#checkExported(item)
    const answer = await postJson('The Azure Function', url, {
      body: { container, ...blobsOf(item.value) },
      headers: { 'idempotency-key': item.id, ...(key !== '' && { 'x-functions-key': key }) },
      signal
    })
    context.metrics.count('function_calls_total', 1, { status: String(answer.status) })
    await checkAnswer(answer, signal)
    await marks.put(mark, bytesContent(''), { ifNoneMatch: '*' })
  }

  /** Throws unless the raw container has this version or a newer one: now TARGET_UNAVAILABLE, for good EXPORT_MISSING. */
  async #checkExported(item: ClaimedItem): Promise<void> {
    if (await this.#isExported(item.value)) return
    const isPassed = await this.#isPassedByExporter(item)
    // Looked at again: the exporter may have written the blob between our two questions.
    if (isPassed && !(await this.#isExported(item.value)))
      throw new CourantError(
        'EXPORT_MISSING',
        `${rawExporter} has set this application aside; replay that first`
      )
    if (!isPassed)
      throw new CourantError('TARGET_UNAVAILABLE', `${rawExporter} has not exported an application yet`)
  }

  async #isExported({ application, source }: ClaimedApplication): Promise<boolean> {
    const blob = await this.#parts.raw.head(jsonBlobName({ application, source }))
    const stored = blob && versionOf(blob)
    if (!stored) return false
    return stored.content_sha256 === source.content_sha256 || compareReads(stored, source) >= 0
  }

  async #isPassedByExporter({ topic, partition, offset }: ClaimedItem): Promise<boolean> {
    const { settings, log } = this.#parts.context
    return withAdmin(connectionFor(settings, log).kafka, async (admin) => {
      const committed = await admin.committed(rawExporter, [topic])
      return committed.some((at) => at.partition === partition && at.offset > offset)
    })
  }
}

/** Names of blobs and nothing of the person. */
function blobsOf(record: ClaimedApplication) {
  return {
    application_id: record.application.id,
    ingestion_date: ingestionDate(record.source),
    json_blob: jsonBlobName(record),
    document_blobs: documentBlobNames(record)
  }
}

/** Resolves for a 2xx; waits as long as the function asks for before it says TARGET_UNAVAILABLE. */
async function checkAnswer({ status, retryAfterMs }: PostAnswer, signal: AbortSignal): Promise<void> {
  if (status >= 200 && status < 300) return
  const isPassing = status >= 500 || status === 408 || status === 429
  if (!isPassing)
    throw new CourantError(
      'CALL_REFUSED',
      `The Azure Function answers ${status}; check AZ_FUNC_ON_APP_SUBMITTED_URL and AZ_FUNC_ON_APP_SUBMITTED_KEY`
    )
  if (retryAfterMs !== null) await sleep(retryAfterMs, undefined, { signal })
  throw new CourantError('TARGET_UNAVAILABLE', `The Azure Function answers ${status}`)
}
