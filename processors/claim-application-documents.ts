import { defineProcessor } from '../runtime/define.ts'
import { CourantError } from '../runtime/errors.ts'
import { bytesContent } from '../runtime/object-store/content.ts'
import type { AnyPipeline, Spec } from '../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../runtime/settings.ts'
import { events } from '../schemas/events.ts'
import type {
  ApplicationDocument,
  ApplicationRead,
  ClaimedApplication,
  ClaimedDocument,
  MissingDocument,
  SubmittedApplication
} from '../schemas/types/applications.ts'
import { topicOf } from '../topics/catalogue.ts'
import { type Claim, type ClaimStore, claimStore } from '../topics/claim-store.ts'
import { isPdf } from './applications/is-pdf.ts'

/** Where the contents of documents are read. */
export interface DocumentSource {
  /** Null when the document is gone or empty. */
  content(documentId: string): Promise<Buffer | null>
}

/** What claiming needs: where contents are, where they go, and how large one may be. */
export interface ClaimTools {
  readonly documents: DocumentSource
  readonly claims: ClaimStore
  readonly maxBytes: number
}

const maxBytesSetting: Setting = {
  env: 'COURANT_APPLICATIONS_MAX_DOCUMENT_BYTES',
  describe:
    "Length of an application's document above which it is not exported; several are in memory at once",
  default: '52428800',
  check: wholeNumber(1)
}

const maxBytes: Spec<number> = {
  describe: 'the length a document may have',
  settings: [maxBytesSetting],
  open: async ({ settings }) => settings.number(maxBytesSetting)
}

/** The pipeline that comes before every export. */
export const claimingPipeline = 'claim-application-documents'

/**
 * `claim-application-documents`: copies the documents of an application into the claim store, so that all that comes
 * after needs the topic and that store only, even when the rows are gone.
 */
export function claimApplicationDocuments(documents: Spec<DocumentSource>): AnyPipeline {
  return defineProcessor({
    name: claimingPipeline,
    from: topicOf(events.submittedApplication),
    uses: { documents, claims: claimStore, maxBytes },
    atOnce: 8,
    batching: { maxItems: 100, lingerMs: 0 },
    process: (application, { use }) => claimDocuments(application, use),
    to: topicOf(events.claimedApplication)
  })
}

/** The application with its documents claimed; those that cannot be exported are in `missing`, with the reason. */
export async function claimDocuments(
  { documents, ...application }: SubmittedApplication,
  tools: ClaimTools
): Promise<ClaimedApplication> {
  const claimed = await Promise.all(
    documents.map((document) => claimDocument(document, application.source, tools))
  )
  return {
    ...application,
    documents: claimed.filter((document) => 'sha256' in document),
    missing: claimed.filter((document) => 'reason' in document)
  }
}

async function claimDocument(
  document: ApplicationDocument,
  source: ApplicationRead,
  tools: ClaimTools
): Promise<ClaimedDocument | MissingDocument> {
  const { id, kind, filename } = document
  const claim = await claimOf(document, source, tools)
  if (typeof claim === 'string') return { id, kind, filename, reason: claim, claim: null }
  const { name, sha256, bytes, facts } = claim
  return facts['pdf'] === 'true'
    ? { id, kind, filename, sha256, bytes, claim: name }
    : { id, kind, filename, reason: 'not_pdf', claim: name }
}

/** The claim, or why there is none. */
async function claimOf(
  { id, sha256, bytes }: ApplicationDocument,
  source: ApplicationRead,
  tools: ClaimTools
): Promise<Claim | string> {
  if (sha256 === null) return 'empty'
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new CourantError('RECORD_INVALID', 'The sha256 of a document is not 64 hexadecimal digits')
  if ((bytes ?? 0) > tools.maxBytes) return 'too_large'
  return tools.claims.claimOnce(`${id}/${sha256}`, () => claimContent({ id, sha256 }, source, tools))
}

/**
 * The content that was submitted wherever it still is, else what the document is now. Of a webhook it is not in the
 * claim store yet, mostly; of a backfill it mostly is, and is looked for there first.
 */
async function claimContent(
  { id, sha256 }: { id: string; sha256: string },
  { trigger }: ApplicationRead,
  { documents, claims, maxBytes }: ClaimTools
): Promise<Claim | string> {
  const isLikelyNew = trigger === 'webhook'
  const known = isLikelyNew ? claims.recall(sha256) : await claims.find(sha256)
  if (known) return known
  const content = await documents.content(id)
  const isSubmitted = content !== null && bytesContent(content).sha256 === sha256
  const earlier = isLikelyNew && !isSubmitted ? await claims.find(sha256) : null
  if (earlier) return earlier
  if (!content) return 'gone'
  return content.length > maxBytes ? 'too_large' : claims.keep(content, { pdf: String(isPdf(content)) })
}
