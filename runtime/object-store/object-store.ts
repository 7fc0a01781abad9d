import type { Readable } from 'node:stream'
import { CourantError } from '../errors.ts'
import type { Content } from './content.ts'

export interface ListedObject {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Another one once the object has been replaced; only to be compared with another listing's. */
  readonly version: string
}

export interface ObjectInfo {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Changes with the content; only to be compared, its form differs from store to store. */
  readonly etag: string
  /** The store's clock. */
  readonly modifiedAt: Date
  /** Keys are lower case. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface PutOptions {
  /** Create: only if there is no such object. */
  readonly ifNoneMatch?: '*'
  /** Replace: only if the object still has this etag. */
  readonly ifMatch?: string
  /** Small facts kept with the object: lower-case keys, ASCII values, 2 kB in all. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly contentType?: string
}

/**
 * Named objects that appear whole or not at all, in a folder or on an S3 server. Both implementations pass
 * test/contracts/object-store.contract.ts. Rejects with TARGET_UNAVAILABLE or TARGET_REFUSED.
 */
export interface ObjectStore {
  /** Where it is, for people. */
  readonly describe: string
  /** What is known of an object, or null when there is none. */
  head(name: string): Promise<ObjectInfo | null>
  /** Its content, or null when there is no such object or it no longer has the etag asked for. */
  get(name: string, options?: { readonly ifMatch?: string }): Promise<Readable | null>
  /** Durable on resolve. The new etag, or null when the condition does not hold and nothing was changed. */
  put(name: string, content: Content, options?: PutOptions): Promise<string | null>
  /** Objects whose name starts with the prefix, in the order of their names. */
  list(prefix: string): AsyncIterable<ListedObject>
  /** An object that is not there is no error. */
  delete(name: string): Promise<void>
  /**
   * Makes `file` a local copy, a hard link where that is possible: it must not be changed. False when there is no such
   * object or it no longer has the etag asked for.
   */
  copyTo(name: string, file: string, options?: { readonly ifMatch?: string }): Promise<boolean>
}

/**
 * Refuses names that could leave the store or mean different things to different stores: `..`, empty or hidden
 * segments, backslashes, NUL and other control characters, half of a character, more than 900 bytes.
 */
export function checkObjectName(name: string): string {
  const isUnsafe =
    Buffer.byteLength(name) > 900 ||
    // Stores would hold two such names for one.
    !name.isWellFormed() ||
    // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
    /[\\\u0000-\u001f\u007f]/.test(name) ||
    name.split('/').some((segment) => segment === '' || segment.startsWith('.') || segment.length > 200)
  if (!isUnsafe) return name
  throw new CourantError(
    'TARGET_REFUSED',
    'An object name has an empty, hidden or overlong segment, a backslash, a control character or half of one; correct the name of the table or day it is made of'
  )
}

/** Everything of one object as text, or null when there is no such object or it no longer has the etag asked for. */
export async function readText(
  store: ObjectStore,
  name: string,
  options: { readonly ifMatch?: string } = {}
): Promise<string | null> {
  const body = await store.get(name, options)
  if (!body) return null
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
