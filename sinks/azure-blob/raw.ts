import {
  checkContainer,
  containerSettings,
  openContainer
} from '../../runtime/object-store/azure-container.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { LogItem, Metrics, Spec, Writer } from '../../runtime/pipeline.ts'
import { documentBlobNames, jsonBlobName } from '../../schemas/applications/blob-names.ts'
import type { ClaimedApplication, ClaimedDocument } from '../../schemas/types/applications.ts'
import { type ClaimStore, claimStore } from '../../topics/claim-store.ts'
import { rawJson } from './application-json.ts'
import { containers } from './containers.ts'
import { putVersion } from './put-version.ts'
import { blobBatching, writeByKey } from './write-by-key.ts'

interface Parts {
  readonly store: ObjectStore
  readonly claims: ClaimStore
  readonly metrics: Metrics
}

/** Applications as they are at the source: JSON and documents in the raw container. */
export function rawSink(): Spec<Writer<ClaimedApplication, LogItem<ClaimedApplication>>> {
  return {
    describe: 'JSON and documents in the raw container',
    settings: [...containerSettings(containers.raw), ...(claimStore.settings ?? [])],
    batching: blobBatching,
    check: ({ settings }) => checkContainer(settings, containers.raw),
    async open(context) {
      const parts: Parts = {
        store: await openContainer(context.settings, containers.raw),
        claims: await claimStore.open(context),
        metrics: context.metrics
      }
      return {
        write: (items, { signal }) => writeByKey(items, signal, ({ value }) => exportRaw(value, parts)),
        close: async () => undefined
      }
    }
  }
}

/** Documents first: a JSON that is there has its documents. */
async function exportRaw(record: ClaimedApplication, parts: Parts): Promise<void> {
  const { store, metrics } = parts
  const names = documentBlobNames(record)
  await Promise.all(
    record.documents.map((document, at) => exportDocument(record, { document, name: names[at] ?? '' }, parts))
  )
  const isNew = await putVersion(store, jsonBlobName(record), {
    content: rawJson(record),
    version: record.source,
    contentType: 'application/json'
  })
  if (!isNew) return
  metrics.count('blobs_exported_total', 1, { kind: 'json' })
  for (const { reason } of record.missing) metrics.count('documents_not_exported_total', 1, { reason })
}

async function exportDocument(
  { application, source }: ClaimedApplication,
  { document, name }: { document: ClaimedDocument; name: string },
  { store, claims, metrics }: Parts
): Promise<void> {
  const bytes = await claims.read({ name: document.claim, sha256: document.sha256 })
  const isNew = await putVersion(store, name, {
    content: bytesContent(bytes),
    // A document is equal when its content is, whatever else of the application changed.
    version: { ...source, content_sha256: document.sha256 },
    contentType: 'application/pdf',
    metadata: { type: typeOf(document), application_id: application.id, ready_for_ocr: 'true' }
  })
  if (isNew) metrics.count('blobs_exported_total', 1, { kind: 'document' })
}

/** Metadata travels in headers: a kind that does not fit there is none of ours. */
const typeOf = ({ kind }: ClaimedDocument) =>
  kind !== null && /^[\w-]{1,64}$/.test(kind) ? kind : 'document'
