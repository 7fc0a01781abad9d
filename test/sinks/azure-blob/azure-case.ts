import { buffer } from 'node:stream/consumers'
import { containerSetting, openContainer } from '../../../runtime/object-store/azure-container.ts'
import type { ObjectInfo, ObjectStore } from '../../../runtime/object-store/object-store.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { ClaimedApplication } from '../../../schemas/types/applications.ts'
import { ClaimStore } from '../../../topics/claim-store.ts'
import { blobOrigin, connectionStringVia, HttpFaultProxy } from '../../support/http-fault-proxy.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const connectionString = 'AZURE_STORAGE_CONNECTION_STRING'

/** Containers of one test alone on the shared Azurite, and stores that see them without any proxy. */
export interface AzureCase {
  readonly env: Readonly<Record<string, string>>
  readonly raw: ObjectStore
  readonly curated: ObjectStore
  readonly features: ObjectStore
  readonly claims: ClaimStore
}

export async function azureCase(): Promise<AzureCase> {
  const names = {
    COURANT_APPLICATIONS_RAW: unique('raw'),
    COURANT_APPLICATIONS_CURATED: unique('curated'),
    COURANT_APPLICATIONS_FEATURES: unique('features'),
    COURANT_APPLICATIONS_CLAIMS: unique('claims')
  }
  const env = { ...sharedStack('azurite'), ...names, COURANT_AZURE_IDLE_MS: '500' }
  const open = (name: keyof typeof names) =>
    openContainer(settingsFrom(env), containerSetting(name, '', name))
  return {
    env,
    raw: await open('COURANT_APPLICATIONS_RAW'),
    curated: await open('COURANT_APPLICATIONS_CURATED'),
    features: await open('COURANT_APPLICATIONS_FEATURES'),
    claims: new ClaimStore(await open('COURANT_APPLICATIONS_CLAIMS'))
  }
}

/** The same environment with a proxy in front of the storage account. */
export async function throughProxy(env: Readonly<Record<string, string>>) {
  const direct = env[connectionString] ?? ''
  const proxy = await HttpFaultProxy.start(blobOrigin(direct))
  return { proxy, env: { ...env, [connectionString]: connectionStringVia(direct, proxy.url) } }
}

/** Claims the documents of made-up applications, whose content `contentOf` knows. */
export async function claimAll(
  { claims }: AzureCase,
  records: readonly ClaimedApplication[],
  contentOf: (record: ClaimedApplication) => readonly Buffer[]
): Promise<void> {
  for (const record of records)
    for (const content of contentOf(record)) await claims.keep(content, { pdf: 'true' })
}

/** What is known of every blob of a container, by name. */
export async function blobsIn(store: ObjectStore): Promise<ReadonlyMap<string, ObjectInfo>> {
  const blobs = new Map<string, ObjectInfo>()
  for await (const { name } of store.list('')) {
    const info = await store.head(name)
    if (info) blobs.set(name, info)
  }
  return blobs
}

/** The bytes of a blob. */
export async function bytesOf(store: ObjectStore, name: string): Promise<Buffer> {
  const body = await store.get(name)
  return body ? buffer(body) : Buffer.alloc(0)
}
