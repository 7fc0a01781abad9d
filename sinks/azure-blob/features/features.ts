import { createHmac, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CourantError } from '../../../runtime/errors.ts'
import {
  checkContainer,
  containerSettings,
  openContainer
} from '../../../runtime/object-store/azure-container.ts'
import type { ObjectStore } from '../../../runtime/object-store/object-store.ts'
import type { LogItem, Metrics, Spec, Writer } from '../../../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../../../runtime/settings.ts'
import { ingestionDate } from '../../../schemas/applications/blob-names.ts'
import type { CuratedApplication } from '../../../schemas/types/applications.ts'
import { lakeConnection } from '../../lake/duckdb.ts'
import { duckdbMb } from '../../lake/lake-settings.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import { containerLedger } from '../container-ledger.ts'
import { containers } from '../containers.ts'
import type { FeatureTools } from './feature-columns.ts'
import { type FeatureRow, featureRow, newestRows, replaces } from './feature-rows.ts'
import { FeaturesFile } from './features-file.ts'

const salt: Setting = {
  env: 'COURANT_APPLICATIONS_SALT',
  describe:
    'Secret that turns application ids into keys of the features; without it, whoever knows the ids can compute them',
  secret: true,
  default: '',
  risks: (settings) =>
    settings.text(salt) === ''
      ? [
          {
            name: 'empty-salt',
            says: `whoever knows the ids can compute the keys of the features: set ${salt.env}`
          }
        ]
      : []
}

const featuresLingerMs: Setting = {
  env: 'COURANT_APPLICATIONS_FEATURES_LINGER_MS',
  describe: 'How long applications are gathered before the files of features are written anew',
  default: '5000',
  check: wholeNumber(0)
}

type CuratedItem = LogItem<CuratedApplication>

/** Features of applications: one Parquet file a day in the features container, one row an application. */
export function featuresSink(): Spec<Writer<CuratedApplication, CuratedItem>> {
  return {
    describe: 'Parquet by day in the features container',
    settings: [...containerSettings(containers.features), salt, featuresLingerMs, duckdbMb],
    // A day's file is written anew for each batch: fewer and larger ones cost less.
    batching: (settings) => ({ maxItems: 2000, lingerMs: settings.number(featuresLingerMs) }),
    check: ({ settings }) => checkContainer(settings, containers.features),
    async open({ settings, metrics, pipeline }) {
      const file = new FeaturesFile(await lakeConnection(settings))
      const store = await openContainer(settings, containers.features)
      const { stored, topics } = containerLedger(store, pipeline)
      const days = new FeatureDays({
        store,
        file,
        metrics,
        tools: { pseudonym: pseudonymOf(settings.text(salt)) }
      })
      return {
        stored,
        topics,
        write: (items, { signal }) => days.add(items, signal),
        close: async () => file.close()
      }
    }
  }
}

const pseudonymOf = (secret: string) => (id: string) =>
  createHmac('sha256', secret).update(id).digest('hex').slice(0, 32)

/** Name of the file of a day. */
export const featuresName = (day: string) => `applications/ingestion_date=${day}/features.parquet`

interface Parts {
  readonly store: ObjectStore
  readonly file: FeaturesFile
  readonly metrics: Metrics
  readonly tools: FeatureTools
}

/** How often others may replace a day's file meanwhile before the batch is tried again later. */
const maxLooks = 6

class FeatureDays {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async add(items: readonly CuratedItem[], signal: AbortSignal): Promise<void> {
    for (const [day, ofDay] of Map.groupBy(items, ({ value }) => ingestionDate(value.source))) {
      signal.throwIfAborted()
      const rows = newestRows(ofDay.map(({ value }) => featureRow(value, this.#parts.tools)))
      await this.#addToDay(featuresName(day), rows, offsetsOf(ofDay))
    }
  }

  async #addToDay(name: string, rows: readonly FeatureRow[], offsets: Offsets): Promise<void> {
    for (let look = 0; look < maxLooks; look++) if (await this.#tryToAdd(name, rows, offsets)) return
    throw new CourantError('TARGET_UNAVAILABLE', "A day's features are replaced by others again and again")
  }

  /** False when somebody else replaced the file meanwhile. */
  async #tryToAdd(name: string, rows: readonly FeatureRow[], offsets: Offsets): Promise<boolean> {
    const { store, file, metrics } = this.#parts
    const stored = await store.head(name)
    const copy = stored && join(temporaryFolder(), `${randomUUID()}.parquet`)
    try {
      if (stored && copy && !(await store.copyTo(name, copy, { ifMatch: stored.etag }))) return false
      const known = copy
        ? await file.versions(
            copy,
            rows.map(({ key }) => key)
          )
        : new Map<string, never>()
      const fresh = rows.filter(({ key, version }) => replaces(version, known.get(key)))
      if (fresh.length === 0) return true
      const facts = { offsets: JSON.stringify({ ...storedOffsets(stored?.metadata), ...offsets }) }
      const etag = await file.merged(copy, { rows: fresh, facts }, async (made, content) => {
        const metadata = { ...facts, sha256: content.sha256, rows: String(await file.count(made)) }
        const condition = stored ? { ifMatch: stored.etag } : { ifNoneMatch: '*' as const }
        return store.put(name, content, {
          ...condition,
          metadata,
          contentType: 'application/vnd.apache.parquet'
        })
      })
      if (etag !== null) metrics.count('blobs_exported_total', fresh.length, { kind: 'features' })
      return etag !== null
    } finally {
      if (copy) await rm(copy, { force: true })
    }
  }
}

/** The last offset of each partition of which a file has rows: tells which part of the log it was made of. */
type Offsets = Readonly<Record<string, number>>

const offsetsOf = (items: readonly CuratedItem[]): Offsets =>
  Object.fromEntries(items.map(({ partition, offset }) => [String(partition), offset]))

const storedOffsets = (metadata: Readonly<Record<string, string>> = {}): Offsets =>
  JSON.parse(metadata['offsets'] ?? '{}') as Offsets
