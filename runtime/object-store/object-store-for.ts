import { checkFolderOf } from '../files/durable-files.ts'
import { CourantError } from '../errors.ts'
import { inClear } from '../process/production.ts'
import { oneOf, type Setting, type Settings, wholeNumber } from '../settings.ts'
import { FolderStore } from './folder-store.ts'
import { type MinioOptions, MinioStore } from './minio-store.ts'
import type { ObjectStore } from './object-store.ts'

export const lakeUrl: Setting = {
  env: 'COURANT_LAKE_URL',
  describe: 'Where Bronze, Silver and Gold files go: s3://<bucket> at MINIO_ENDPOINT, or a folder',
  default: '.courant/lake',
  check: (text) =>
    /^[a-z0-9+]+:\/\//.test(text) && !/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)
      ? 'must be s3://<bucket> or a folder'
      : null
}

const endpoint: Setting = {
  env: 'MINIO_ENDPOINT',
  describe: 'Object store, host:port without a scheme',
  default: '127.0.0.1:9000',
  check: (text) => (/^[\w.-]+(:\d+)?$/.test(text) ? null : 'must be host or host:port, without a scheme'),
  risks: (settings) =>
    inClear('minio-plaintext', {
      addresses: [settings.text(endpoint)],
      isEncrypted: settings.text(useSsl) === 'true' || !settings.text(lakeUrl).startsWith('s3:'),
      remedy: `set ${useSsl.env}=true`
    })
}
const useSsl: Setting = {
  env: 'MINIO_USE_SSL',
  describe: 'Whether the object store is spoken to over TLS',
  default: 'false',
  check: oneOf('true', 'false')
}
/** The bucket of the system that runs alone; where several have one, each has a setting of its own. */
export const bucketName: Setting = {
  env: 'MINIO_BUCKET_NAME',
  describe:
    'Bucket of the CVs that were uploaded (cv-files when empty), where MINIO_ACCESS_KEY is set; and of dropped files, where COURANT_FILES_BUCKET is not',
  default: ''
}
export const accessKey: Setting = {
  env: 'MINIO_ACCESS_KEY',
  describe: 'Access key of the object store',
  default: ''
}
const secretKey: Setting = {
  env: 'MINIO_SECRET_KEY',
  describe: 'Secret key of the object store',
  secret: true,
  default: ''
}
const region: Setting = { env: 'MINIO_REGION', describe: 'Region of the bucket', default: 'us-east-1' }
const idleMs: Setting = {
  env: 'COURANT_LAKE_IDLE_MS',
  describe: 'How long the object store may be silent before a request counts as failed',
  default: '30000',
  check: wholeNumber(100)
}

export const objectStoreSettings: readonly Setting[] = [
  lakeUrl,
  endpoint,
  useSsl,
  accessKey,
  secretKey,
  region,
  idleMs
]

/** Opens the object store that COURANT_LAKE_URL names. */
export const objectStoreFor = (settings: Settings): Promise<ObjectStore> =>
  storeAt(settings.text(lakeUrl), settings)

/** Opens an object store: `s3://<bucket>` at MINIO_ENDPOINT, or a folder. */
export async function storeAt(url: string, settings: Settings): Promise<ObjectStore> {
  const bucket = bucketOf(url)
  return bucket === null ? FolderStore.open(url) : MinioStore.open(minioOptions(settings, bucket))
}

/** Rejects with what would keep anything from being written there; changes nothing. */
export async function checkObjectStore(settings: Settings): Promise<void> {
  const url = settings.text(lakeUrl)
  const bucket = bucketOf(url)
  if (bucket === null) checkFolderOf(lakeUrl.env, url)
  else await MinioStore.check(minioOptions(settings, bucket))
}

const bucketOf = (url: string) => /^s3:\/\/(.+)$/.exec(url)?.[1] ?? null

/** How a bucket is reached; refuses without keys. */
export function minioOptions(settings: Settings, bucket: string): MinioOptions {
  const keys = { accessKey: settings.text(accessKey), secretKey: settings.text(secretKey) }
  if (keys.accessKey === '' || keys.secretKey === '')
    throw new CourantError(
      'CONFIG_INVALID',
      'Set MINIO_ACCESS_KEY and MINIO_SECRET_KEY for what lies on an object store'
    )
  return {
    ...keys,
    endpoint: settings.text(endpoint),
    useSsl: settings.text(useSsl) === 'true',
    region: settings.text(region),
    bucket,
    idleMs: settings.number(idleMs)
  }
}
