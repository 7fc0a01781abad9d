import {
  checkContainer,
  containerSettings,
  openContainer
} from '../../runtime/object-store/azure-container.ts'
import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import { jsonBlobName } from '../../schemas/applications/blob-names.ts'
import type { CuratedApplication } from '../../schemas/types/applications.ts'
import { curatedJson } from './application-json.ts'
import { containerLedger } from './container-ledger.ts'
import { containers } from './containers.ts'
import { putVersion } from './put-version.ts'
import { blobBatching, writeByKey } from './write-by-key.ts'

/** Cleaned applications: JSON in the curated container, under the names that raw has. */
export function curatedSink(): Spec<Writer<CuratedApplication, LogItem<CuratedApplication>>> {
  return {
    describe: 'JSON in the curated container',
    settings: containerSettings(containers.curated),
    batching: blobBatching,
    check: ({ settings }) => checkContainer(settings, containers.curated),
    async open({ settings, metrics, pipeline }) {
      const store = await openContainer(settings, containers.curated)
      const exportOne = async ({ value }: LogItem<CuratedApplication>) => {
        const isNew = await putVersion(store, jsonBlobName(value), {
          content: curatedJson(value),
          version: value.source,
          contentType: 'application/json'
        })
        if (isNew) metrics.count('blobs_exported_total', 1, { kind: 'curated' })
      }
      const { stored, topics } = containerLedger(store, pipeline)
      return {
        stored,
        topics,
        write: (items, { signal }) => writeByKey(items, signal, exportOne),
        close: async () => undefined
      }
    }
  }
}
