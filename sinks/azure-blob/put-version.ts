import { CourantError } from '../../runtime/errors.ts'
import type { Content } from '../../runtime/object-store/content.ts'
import type { ObjectInfo, ObjectStore } from '../../runtime/object-store/object-store.ts'
import { compareReads, type ReadMoment } from '../../schemas/applications/newer.ts'

/** Which version of a record a blob holds. */
export interface BlobVersion extends ReadMoment {
  /** Equal for versions that are equal in all that the blob is made of. */
  readonly content_sha256: string
}

interface VersionedPut {
  readonly content: Content
  readonly version: BlobVersion
  readonly contentType: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Then it is looked for before it is put. */
  readonly isLikelyThere?: boolean
}

/** Contents up to here are put at once; of larger ones it is asked first whether they are there. */
const blindPutBytes = 1_000_000

/** How often others may replace the blob between our look and our put before the batch is tried again later. */
const maxLooks = 6

/**
 * Puts a version of a blob unless the store has the same or a newer one; resolves to whether it did. A stored version
 * never goes back (promise 4), whoever else writes and whatever is lost on the way.
 */
export async function putVersion(store: ObjectStore, name: string, put: VersionedPut): Promise<boolean> {
  const { content, contentType, version, isLikelyThere = false } = put
  const metadata = { ...put.metadata, ...factsOf(version), sha256: content.sha256 }
  if (
    !isLikelyThere &&
    content.size <= blindPutBytes &&
    (await store.put(name, content, { ifNoneMatch: '*', metadata, contentType }))
  )
    return true
  for (let look = 0; look < maxLooks; look++) {
    const stored = await store.head(name)
    if (stored && !isReplacedBy(stored, put)) return false
    const condition = stored ? { ifMatch: stored.etag } : { ifNoneMatch: '*' as const }
    if (await store.put(name, content, { ...condition, metadata, contentType })) return true
  }
  throw new CourantError(
    'TARGET_UNAVAILABLE',
    'A blob is replaced by others again and again; waiting for them'
  )
}

/** The version of a blob, or null when it was not put by putVersion. */
export function versionOf({ metadata }: ObjectInfo): BlobVersion | null {
  const { content_sha256, read_at_us, snapshot_xmax, snapshot_in_progress } = metadata
  if (content_sha256 === undefined || read_at_us === undefined) return null
  return {
    content_sha256,
    read_at_us: Number(read_at_us),
    snapshot_xmax: Number(snapshot_xmax),
    snapshot_in_progress: Number(snapshot_in_progress)
  }
}

/** Equal content is no new version; of the same version, what the newest code makes of it replaces what older did. */
export function isReplacedBy(
  stored: ObjectInfo,
  { content, version }: Pick<VersionedPut, 'content' | 'version'>
): boolean {
  const known = versionOf(stored)
  if (!known) return true
  const isSame =
    known.content_sha256 === version.content_sha256 && stored.metadata['sha256'] === content.sha256
  return !isSame && compareReads(version, known) >= 0
}

function factsOf(version: BlobVersion): Record<string, string> {
  const { content_sha256, read_at_us, snapshot_xmax, snapshot_in_progress } = version
  return {
    content_sha256,
    read_at_us: String(read_at_us),
    snapshot_xmax: String(snapshot_xmax),
    snapshot_in_progress: String(snapshot_in_progress)
  }
}
