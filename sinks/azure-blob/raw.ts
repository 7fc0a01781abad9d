import {
  checkContainer,
  containerSettings,
  openContainer
} from '../../runtime/object-store/azure-container.ts'
import { bytesContent, type Content } from '../../runtime/object-store/content.ts'
import type { ObjectInfo, ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { LogItem, Metrics, Spec, Writer } from '../../runtime/pipeline.ts'
import { documentBlobNames, jsonBlobName } from '../../schemas/applications/blob-names.ts'
import { compareReads } from '../../schemas/applications/newer.ts'
import type { ClaimedApplication, ClaimedDocument } from '../../schemas/types/applications.ts'
import { type ClaimStore, claimStore } from '../../topics/claim-store.ts'
import { rawJson } from './application-json.ts'
import { containerLedger } from './container-ledger.ts'
import { containers } from './containers.ts'
import { type BlobVersion, isReplacedBy, putVersion, versionOf } from './put-version.ts'
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
      const { stored, topics } = containerLedger(parts.store, context.pipeline)
      return {
        stored,
        topics,
        write: (items, { signal }) => writeByKey(items, signal, ({ value }) => exportRaw(value, parts)),
        close: async () => undefined
      }
    }
  }
}

/** Documents first: a JSON that is there has its documents, and who finds this version of it has nothing to do. */
async function exportRaw(record: ClaimedApplication, parts: Parts): Promise<void> {
  const { store, metrics } = parts
  const name = jsonBlobName(record)
  const json = {
    content: rawJson(record),
    version: record.source,
    contentType: 'application/json',
    metadata: { documents_sha256: documentsHash(record) }
  }
  const stored = await store.head(name)
  if (stored && isExported(stored, json)) return
  const isLikelyThere = stored !== null
  const names = documentBlobNames(record)
  await Promise.all(
    record.documents.map((document, at) =>
      exportDocument(record, { document, name: names[at] ?? '', isLikelyThere }, parts)
    )
  )
  if (!(await putVersion(store, name, { ...json, isLikelyThere }))) return
  metrics.count('blobs_exported_total', 1, { kind: 'json' })
  for (const { reason } of record.missing) metrics.count('documents_not_exported_total', 1, { reason })
}

interface RawJson {
  readonly content: Content
  readonly version: BlobVersion
  readonly metadata: { readonly documents_sha256: string }
}

/** Whether a JSON and its documents are there, or newer ones. */
function isExported(stored: ObjectInfo, { content, version, metadata }: RawJson): boolean {
  if (isReplacedBy(stored, { content, version })) return false
  const known = versionOf(stored)
  const isOlder = known !== null && compareReads(version, known) < 0
  return isOlder || stored.metadata['documents_sha256'] === metadata.documents_sha256
}

const documentsHash = ({ documents }: ClaimedApplication) =>
  bytesContent(documents.map(({ sha256 }) => sha256).join()).sha256

async function exportDocument(
  { application, source }: ClaimedApplication,
  { document, name, isLikelyThere }: { document: ClaimedDocument; name: string; isLikelyThere: boolean },
  { store, claims, metrics }: Parts
): Promise<void> {
  const bytes = await claims.read({ name: document.claim, sha256: document.sha256 })
  const isNew = await putVersion(store, name, {
    content: bytesContent(bytes),
    // A document is equal when its content is, whatever else of the application changed.
    version: { ...source, content_sha256: document.sha256 },
    contentType: 'application/pdf',
    isLikelyThere,
    metadata: { type: typeOf(document), application_id: application.id, ready_for_ocr: 'true' }
  })
  if (isNew) metrics.count('blobs_exported_total', 1, { kind: 'document' })
}

/** Metadata travels in headers: a kind that does not fit there is none of ours. */
const typeOf = ({ kind }: ClaimedDocument) =>
  kind !== null && /^[\w-]{1,64}$/.test(kind) ? kind : 'document'
