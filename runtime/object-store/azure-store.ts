import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type {
  BlobDownloadResponseParsed,
  BlobServiceClient,
  BlockBlobClient,
  ContainerClient
} from '@azure/storage-blob'
import { azureBlob } from '../process/packages.ts'
import { CourantError } from '../errors.ts'
import { isConditionFailed, isNotFound, translated } from './azure-errors.ts'
import type { Content } from './content.ts'
import type { PutOptions } from './object-store.ts'
import { checkObjectName, type ListedObject, type ObjectInfo, type ObjectStore } from './object-store.ts'
import { silentAgent } from './silent-agent.ts'
import { translatedBody } from './translated-body.ts'

export interface AzureOptions {
  readonly connectionString: string
  readonly container: string
  /** How long a connection may be silent before the request counts as failed. */
  readonly idleMs: number
}

// A batch has hundreds of requests, and the runner repeats all of them: a passing fault is better met where it is.
const retryOptions = { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 }

/** An object store in a container of Azure Blob Storage. */
export class AzureStore implements ObjectStore {
  readonly describe: string
  readonly #container: ContainerClient

  /** Makes the container when it is not there. */
  static async open(options: AzureOptions): Promise<AzureStore> {
    const store = new AzureStore(containerClient(options))
    await translated(() => store.#makeContainer())
    return store
  }

  /** Rejects when the account cannot be used; makes no container. */
  static async check(options: AzureOptions): Promise<void> {
    await translated(() => containerClient(options).exists())
  }

  private constructor(container: ContainerClient) {
    this.#container = container
    this.describe = `container ${container.containerName} of ${container.accountName}`
  }

  head(name: string): Promise<ObjectInfo | null> {
    return translated(async () => {
      try {
        const found = await this.#blob(name).getProperties()
        const { contentLength = 0, etag = '', lastModified = new Date(0), metadata = {} } = found
        return { name, size: contentLength, etag, modifiedAt: lastModified, metadata: ourKeys(metadata) }
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
    })
  }

  async get(name: string, options: { ifMatch?: string } = {}): Promise<Readable | null> {
    const response = await this.#download(name, options)
    // The server that runs in Node answers with a Node stream; the type is for browsers too.
    return response ? translatedBody(response.readableStreamBody as Readable, translated) : null
  }

  put(name: string, content: Content, options: PutOptions = {}): Promise<string | null> {
    const { ifNoneMatch, ifMatch, metadata = {}, contentType = 'application/octet-stream' } = options
    const { source, size } = content
    return translated(async () => {
      try {
        // A function, so that a repeated request reads the file anew.
        const body = Buffer.isBuffer(source) ? source : () => createReadStream(source.file)
        const { etag } = await this.#blob(name).upload(body, size, {
          conditions: { ...(ifNoneMatch && { ifNoneMatch }), ...(ifMatch !== undefined && { ifMatch }) },
          metadata: azureKeys(metadata),
          blobHTTPHeaders: { blobContentType: contentType }
        })
        return etag ?? ''
      } catch (error) {
        // To If-Match of a blob that is not there, the service may say that there is none.
        if (isConditionFailed(error) || isNotFound(error)) return null
        throw error
      }
    })
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const items = this.#container.listBlobsFlat({ prefix })
    for (;;) {
      const { value, done } = await translated(() => items.next())
      if (done) return
      const { name, properties } = value
      yield { name, size: properties.contentLength ?? 0, version: properties.etag }
    }
  }

  async delete(name: string): Promise<void> {
    await translated(() => this.#blob(name).deleteIfExists())
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

  #download(name: string, { ifMatch }: { ifMatch?: string }): Promise<BlobDownloadResponseParsed | null> {
    return translated(async () => {
      try {
        return await this.#blob(name).download(0, undefined, {
          conditions: ifMatch === undefined ? {} : { ifMatch },
          maxRetryRequests: retryOptions.maxTries
        })
      } catch (error) {
        if (isConditionFailed(error) || isNotFound(error)) return null
        throw error
      }
    })
  }

  async #makeContainer(): Promise<void> {
    // Asked first: a key that may only read and write blobs of a container cannot make one.
    if (!(await this.#container.exists())) await this.#container.createIfNotExists()
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(checkObjectName(name))
  }
}

function containerClient({ connectionString, container, idleMs }: AzureOptions): ContainerClient {
  const { url, credential } = accountOf(connectionString)
  const requests = azureBlob.newPipeline(credential, { retryOptions })
  const agent = silentAgent(idleMs, { useSsl: url.startsWith('https:') })
  requests.factories.push({
    create: (next) => ({
      sendRequest(request) {
        request.agent = agent
        return next.sendRequest(request)
      }
    })
  })
  return new azureBlob.BlobServiceClient(url, requests).getContainerClient(container)
}

function accountOf(connectionString: string): BlobServiceClient {
  try {
    return azureBlob.BlobServiceClient.fromConnectionString(connectionString)
  } catch {
    // Without the cause: it may quote the text.
    throw new CourantError(
      'CONFIG_INVALID',
      'AZURE_STORAGE_CONNECTION_STRING cannot be understood; copy it anew from the access keys of the storage account'
    )
  }
}

// Azure's keys are identifiers without dashes (learn.microsoft.com, "Naming and referencing containers, blobs, and
// metadata"); two underscores stand for one, so that every key comes back as it was.
const azureKeys = (metadata: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key.replaceAll('-', '__'), value]))

const ourKeys = (metadata: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key.toLowerCase().replaceAll('__', '-'), value])
  )
