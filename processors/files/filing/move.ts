import type { BucketObject, BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { markOf, nameOf, shortHash } from './names.ts'

/** What a copy says of the dropped object that it is of. */
const markKey = 'courant-dropped'

/**
 * Moves an object within the bucket: a copy by the server, looked at, and only then the original goes. Safe to repeat, and
 * by two at once: the copy says which object it is of. Returns the copy, or null when somebody else has moved it.
 */
export async function moveTo(
  bucket: BucketObjects,
  object: BucketObject,
  wanted: string
): Promise<BucketObject | null> {
  const mark = markOf(object)
  const place = await freePlace(bucket, wanted, mark)
  const known = await bucket.head(place)
  if (known?.metadata[markKey] !== mark && !(await bucket.copy(object, place, { [markKey]: mark })))
    return null
  const copied = await bucket.head(place)
  if (!copied) throw unverified(object.key)
  await verify(bucket, object, copied)
  const now = await bucket.head(object.key)
  // Another file of that name that came meanwhile stays, and has its turn.
  if (now && now.etag === object.etag && now.modifiedAt.getTime() === object.modifiedAt.getTime())
    await bucket.delete(object.key)
  return copied
}

/** The name that is wanted, or one beside it where another object has it. */
async function freePlace(bucket: BucketObjects, wanted: string, mark: string): Promise<string> {
  const known = await bucket.head(wanted)
  if (!known || known.metadata[markKey] === mark) return wanted
  const name = nameOf(wanted)
  const dot = name.includes('.') ? name.indexOf('.', 1) : name.length
  return `${wanted.slice(0, wanted.length - name.length)}${name.slice(0, dot)}~${shortHash(mark)}${name.slice(dot)}`
}

/** A copy is the same where size and etag are; of an object that came in parts the etag says nothing, and hashes do. */
async function verify(bucket: BucketObjects, object: BucketObject, copy: BucketObject): Promise<void> {
  if (copy.bytes === object.bytes && copy.etag === object.etag) return
  if (copy.bytes === object.bytes && (object.etag.includes('-') || copy.etag.includes('-'))) {
    const original = await bucket.head(object.key)
    if (!original || (await bucket.sha256(object.key)) === (await bucket.sha256(copy.key))) return
  }
  throw unverified(object.key)
}

const unverified = (key: string) =>
  new CourantError(
    'TARGET_UNAVAILABLE',
    `The copy of ${JSON.stringify(key)} is not like it; nothing was deleted`
  )
