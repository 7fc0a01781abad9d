import { inClear } from '../process/production.ts'
import { type Setting, type Settings, wholeNumber } from '../settings.ts'
import { type AzureOptions, AzureStore } from './azure-store.ts'
import type { ObjectStore } from './object-store.ts'

const connectionString: Setting = {
  env: 'AZURE_STORAGE_CONNECTION_STRING',
  describe: 'Connection string of the Azure storage account',
  secret: true,
  check: (text) =>
    /UseDevelopmentStorage=true|AccountKey=|SharedAccessSignature=/.test(text)
      ? null
      : 'must be a connection string with AccountName and AccountKey, or with BlobEndpoint and SharedAccessSignature',
  risks: (settings) => {
    const parts = settings.text(connectionString).split(';')
    const endpoints = parts
      .filter((part) => /^\w+Endpoint=http:/i.test(part))
      .map((part) => part.replace(/^\w+=/, ''))
    const isInClear = parts.includes('DefaultEndpointsProtocol=http')
    return inClear('azure-plaintext', {
      addresses: endpoints.length > 0 || !isInClear ? endpoints : ['blob.core.windows.net'],
      isEncrypted: false,
      remedy: `have https in ${connectionString.env}`
    })
  }
}

const idleMs: Setting = {
  env: 'COURANT_AZURE_IDLE_MS',
  describe: 'How long Azure Blob Storage may be silent before a request counts as failed',
  default: '30000',
  check: wholeNumber(100)
}

/** A setting that names a container of the storage account. */
export function containerSetting(env: string, describe: string, name: string): Setting {
  return {
    env,
    describe,
    default: name,
    // learn.microsoft.com, "Naming and referencing containers, blobs, and metadata".
    check: (text) =>
      /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(text)
        ? null
        : 'must be 3 to 63 small letters, digits and single dashes'
  }
}

/** What opening a container needs to know. */
export const containerSettings = (container: Setting): readonly Setting[] => [
  connectionString,
  idleMs,
  container
]

/** Opens the container that a setting names; it is made when it is not there. */
export async function openContainer(settings: Settings, container: Setting): Promise<ObjectStore> {
  return AzureStore.open(optionsOf(settings, container))
}

/** Rejects with what is wrong with the account or its settings; changes nothing. */
export async function checkContainer(settings: Settings, container: Setting): Promise<void> {
  await AzureStore.check(optionsOf(settings, container))
}

const optionsOf = (settings: Settings, container: Setting): AzureOptions => ({
  connectionString: settings.text(connectionString),
  container: settings.text(container),
  idleMs: settings.number(idleMs)
})
