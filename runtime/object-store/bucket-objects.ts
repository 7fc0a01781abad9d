import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { BucketItem, Client } from 'minio'
import { minio } from '../process/packages.ts'
import { CourantError } from '../errors.ts'
import type { Setting, Settings } from '../settings.ts'
import { bytesContent } from './content.ts'
import { isNotFound, isPreconditionFailed, translated } from './minio-errors.ts'
import type { MinioOptions } from './minio-store.ts'
import { bucketName, minioOptions, objectStoreSettings } from './object-store-for.ts'
import { silentAgent } from './silent-agent.ts'

/** An object of a bucket, whatever it is called. */
export interface BucketObject {
  readonly key: string
  readonly bytes: number
  readonly etag: string
  readonly modifiedAt: Date
}

/** What is known of one object. */
export interface KnownObject extends BucketObject {
  readonly metadata: Readonly<Record<string, string>>
}

const filesBucket: Setting = {
  env: 'COURANT_FILES_BUCKET',
  describe:
    'Bucket that files are dropped into; when empty, the one of MINIO_BUCKET_NAME, or elexxion-bucket',
  default: ''
}

/** What the bucket of dropped files is found by. */
export const filesBucketSettings: readonly Setting[] = [filesBucket, bucketName, ...objectStoreSettings]
/** With it, files are read from a bucket. */
export const filesSwitch = filesBucket

export const filesBucketName = (settings: Settings): string =>
  settings.text(filesBucket) || settings.text(bucketName) || 'elexxion-bucket'

/**
 * A bucket whose objects others make, under any name that S3 allows: an ObjectStore refuses many of them, as it only has
 * names of our own. Rejects as one does.
 */
export class BucketObjects {
  readonly name: string
  readonly #client: Client
  readonly #region: string

  static of(settings: Settings): BucketObjects {
    return new BucketObjects(minioOptions(settings, filesBucketName(settings)))
  }

  private constructor({ endpoint, useSsl, accessKey, secretKey, region, idleMs, bucket }: MinioOptions) {
    const [endPoint = '', port] = endpoint.split(':')
    this.name = bucket
    this.#region = region
    this.#client = new minio.Client({
      endPoint,
      useSSL: useSsl,
      accessKey,
      secretKey,
      region,
      transportAgent: silentAgent(idleMs, { useSsl }),
      retryOptions: { disableRetry: true },
      ...(port && { port: Number(port) })
    })
  }

  /** Whether there is the bucket. */
  exists(): Promise<boolean> {
    return translated(() => this.#client.bucketExists(this.name))
  }

  /** Rejects when the bucket is not there or cannot be listed. */
  async check(): Promise<void> {
    if (!(await this.exists()))
      throw new CourantError(
        'TARGET_REFUSED',
        `There is no bucket ${this.name}: run \`courant lake init\`, or correct ${filesBucket.env}`
      )
    await this.list('input/').next()
  }

  /** Makes the bucket unless it is there. */
  async make(): Promise<void> {
    if (await this.exists()) return
    await translated(() => this.#client.makeBucket(this.name, this.#region))
  }

  /** Has the server tell a target it knows about objects under a prefix; false where it knows no such target. */
  notify(target: string, prefix: string): Promise<boolean> {
    const xml = `<NotificationConfiguration><QueueConfiguration><Id>courant</Id><Queue>${target}</Queue><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>${prefix}</Value></FilterRule></S3Key></Filter></QueueConfiguration></NotificationConfiguration>`
    return translated(async () => {
      try {
        const request = { method: 'PUT', bucketName: this.name, query: 'notification' }
        await this.#client.makeRequestAsyncOmit(request, xml, [200])
        return true
      } catch (error) {
        if (codeOf(error) === 'InvalidArgument') return false
        if (/ARN|destination/i.test((error as Error).message)) return false
        throw error
      }
    })
  }

  /** Objects whose name starts with the prefix. */
  async *list(prefix: string): AsyncGenerator<BucketObject> {
    const items = this.#client.listObjectsV2(this.name, prefix, true)[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await translated(() => items.next() as Promise<IteratorResult<BucketItem>>)
      if (done) return
      if (value.name === undefined) continue
      const { name, size, etag, lastModified } = value
      yield { key: name, bytes: size, etag, modifiedAt: lastModified }
    }
  }

  head(key: string): Promise<KnownObject | null> {
    return translated(async () => {
      try {
        const { size, etag, lastModified, metaData } = await this.#client.statObject(this.name, key)
        const metadata = metaData as Record<string, string>
        return { key, bytes: size, etag, modifiedAt: lastModified, metadata }
      } catch (error) {
        if (isNotFound(error) || isImpossibleName(error)) return null
        // An answer to HEAD has no body that could say more.
        if (isUnexplained(error) && !(await this.#isListed(key))) return null
        throw error
      }
    })
  }

  async #isListed(key: string): Promise<boolean> {
    try {
      for await (const item of this.#client.listObjectsV2(this.name, key, true))
        return (item as BucketItem).name === key
      return false
    } catch (error) {
      if (isImpossibleName(error)) return false
      throw error
    }
  }

  /** Copies within the server; false when the source is gone or another one by now. */
  copy(from: BucketObject, to: string, metadata: Readonly<Record<string, string>>): Promise<boolean> {
    // The client's own copyObject leaves ? and # of a name as they are.
    const path = [this.name, ...from.key.split('/')].map(encodeURIComponent).join('/')
    const headers = {
      'x-amz-copy-source': `/${path}`,
      'x-amz-copy-source-if-match': from.etag,
      'x-amz-metadata-directive': 'REPLACE',
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value]))
    }
    return translated(async () => {
      try {
        const request = { method: 'PUT', bucketName: this.name, objectName: to, headers }
        await this.#client.makeRequestAsyncOmit(request, '', [200])
        return true
      } catch (error) {
        if (isNotFound(error) || isPreconditionFailed(error)) return false
        throw error
      }
    })
  }

  /** The hash of what an object holds, read once. */
  async sha256(key: string): Promise<string> {
    const hash = createHash('sha256')
    await translated(async () => pipeline(await this.#client.getObject(this.name, key), hash))
    return hash.digest('hex')
  }

  /** Writes an object to a file and tells its hash; null when there is no such object. */
  async download(key: string, file: string): Promise<string | null> {
    const hash = createHash('sha256')
    return translated(async () => {
      try {
        const body = await this.#client.getObject(this.name, key)
        body.on('data', (chunk: Buffer) => hash.update(chunk))
        await pipeline(body, createWriteStream(file))
        return hash.digest('hex')
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
    })
  }

  /** Puts a short text. */
  async put(key: string, text: string, contentType = 'text/plain; charset=utf-8'): Promise<void> {
    const { size, source } = bytesContent(text)
    if (!Buffer.isBuffer(source)) throw new CourantError('TARGET_REFUSED', 'Only texts are put')
    await translated(() =>
      this.#client.putObject(this.name, key, source, size, { 'Content-Type': contentType })
    )
  }

  delete(key: string): Promise<void> {
    return translated(() => this.#client.removeObject(this.name, key))
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''

/** Whether no object of that store can be called so. */
const isImpossibleName = (error: unknown) =>
  ['XMinioInvalidObjectName', 'XMinioInvalidResourceName', 'KeyTooLongError', 'InvalidObjectName'].includes(
    codeOf(error)
  ) ||
  (error as Error).name === 'InvalidObjectNameError' ||
  error instanceof URIError

const isUnexplained = (error: unknown) => (error as Error).name === 'S3Error' && codeOf(error) === ''
