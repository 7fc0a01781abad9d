import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BucketItem, Client } from 'minio'
import { minio } from '../process/packages.ts'
import { bodyOf, type Content } from './content.ts'
import { isNotFound, isPreconditionFailed, translated } from './minio-errors.ts'
import type { PutOptions } from './object-store.ts'
import { checkObjectName, type ListedObject, type ObjectInfo, type ObjectStore } from './object-store.ts'
import { silentAgent } from './silent-agent.ts'
import { translatedBody } from './translated-body.ts'

export interface MinioOptions {
  /** `host` or `host:port`. */
  readonly endpoint: string
  readonly useSsl: boolean
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
  readonly bucket: string
  /** How long a connection may be silent before the request counts as failed. */
  readonly idleMs: number
}

/** An object store on an S3 server (MinIO, AWS, …) that knows If-None-Match and If-Match for PUT. */
export class MinioStore implements ObjectStore {
  readonly describe: string
  readonly #client: Client
  readonly #bucket: string

  /** Makes the bucket when it is not there. */
  static async open(options: MinioOptions): Promise<MinioStore> {
    const store = new MinioStore(options)
    await translated(() => store.#makeBucket(options.region))
    return store
  }

  /** Rejects when the bucket cannot be used, or not be seen; makes none. */
  static async check(options: MinioOptions): Promise<void> {
    const store = new MinioStore(options)
    if (!(await translated(() => store.#client.bucketExists(options.bucket)))) return
    await store.list('_').next()
  }

  private constructor(options: MinioOptions) {
    const { endpoint, useSsl, idleMs, bucket } = options
    const [endPoint = '', port] = endpoint.split(':')
    this.#bucket = bucket
    this.describe = `bucket ${bucket} at ${endpoint}`
    this.#client = new minio.Client({
      endPoint,
      useSSL: useSsl,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      transportAgent: silentAgent(idleMs, { useSsl }),
      // The runner tries again, with back-off and in the logs; the client would on its own, and on the console.
      retryOptions: { disableRetry: true },
      ...(port && { port: Number(port) })
    })
  }

  head(name: string): Promise<ObjectInfo | null> {
    return translated(async () => {
      try {
        const found = await this.#client.statObject(this.#bucket, checkObjectName(name))
        const metadata = found.metaData as Record<string, string>
        return { name, size: found.size, etag: found.etag, modifiedAt: found.lastModified, metadata }
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
    })
  }

  get(name: string, { ifMatch }: { ifMatch?: string } = {}): Promise<Readable | null> {
    return translated(async () => {
      const headers = ifMatch === undefined ? {} : { 'If-Match': ifMatch }
      const request = { method: 'GET', bucketName: this.#bucket, objectName: checkObjectName(name), headers }
      try {
        return translatedBody(await this.#client.makeRequestAsync(request, '', [200]), translated)
      } catch (error) {
        if (isNotFound(error) || isPreconditionFailed(error)) return null
        throw error
      }
    })
  }

  put(name: string, content: Content, options: PutOptions = {}): Promise<string | null> {
    return translated(async () => {
      const request = {
        method: 'PUT',
        bucketName: this.#bucket,
        objectName: checkObjectName(name),
        headers: putHeaders(content, options)
      }
      // One PUT whatever the size (S3 allows 5 GB), streamed: the client's putObject would hold a file in memory or
      // send it in parts, and conditions do not apply to parts.
      const sha256 = this.#client.enableSHA256 ? content.sha256 : ''
      try {
        const reply = await this.#client.makeRequestStreamAsync(request, bodyOf(content), sha256, [200], '')
        reply.resume()
        return String(reply.headers.etag).replaceAll('"', '')
      } catch (error) {
        // To If-Match of an object that is not there, the server says that there is none.
        if (isPreconditionFailed(error) || isNotFound(error)) return null
        throw error
      }
    })
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const listing = this.#client.listObjectsV2(this.#bucket, prefix, true)
    const items = listing[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await translated(() => items.next() as Promise<IteratorResult<BucketItem>>)
      if (done) return
      if (value.name !== undefined) yield { name: value.name, size: value.size, version: value.etag }
    }
  }

  delete(name: string): Promise<void> {
    return translated(() => this.#client.removeObject(this.#bucket, checkObjectName(name)))
  }

  async copyTo(name: string, file: string, options: { ifMatch?: string } = {}): Promise<boolean> {
    const body = await this.get(name, options)
    if (!body) return false
    try {
      await pipeline(body, createWriteStream(file, { flags: 'wx' }))
      return true
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
  }

  async #makeBucket(region: string): Promise<void> {
    if (await this.#client.bucketExists(this.#bucket)) return
    await this.#client.makeBucket(this.#bucket, region).catch((error: unknown) => {
      // Somebody else made it meanwhile.
      if ((error as { code?: string }).code !== 'BucketAlreadyOwnedByYou') throw error
    })
  }
}

function putHeaders(content: Content, options: PutOptions): Record<string, string | number> {
  const { ifNoneMatch, ifMatch, metadata = {}, contentType } = options
  return {
    'Content-Length': content.size,
    'Content-Type': contentType ?? 'application/octet-stream',
    ...(ifNoneMatch && { 'If-None-Match': ifNoneMatch }),
    ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`X-Amz-Meta-${key}`, value]))
  }
}
