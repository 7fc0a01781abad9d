import type { Batching } from '../../runtime/pipeline.ts'
import { type Setting, type Settings, wholeNumber } from '../../runtime/settings.ts'
import { objectStoreSettings } from '../../runtime/object-store/object-store-for.ts'

const lingerMs: Setting = {
  env: 'COURANT_LAKE_LINGER_MS',
  describe: 'How long Bronze and Silver gather rows for a file; longer makes fewer, larger files',
  default: '5000',
  check: wholeNumber(0)
}

const batchRows: Setting = {
  env: 'COURANT_LAKE_BATCH_ROWS',
  describe:
    'Rows gathered for the files of Silver at most, half as many for those of Bronze; memory grows with it',
  default: '5000',
  check: wholeNumber(1, 200_000)
}

export const keptRows: Setting = {
  env: 'COURANT_LAKE_KEPT_ROWS',
  describe:
    'Rows that Bronze and Silver of a table keep back, each, in the temporary folder while a backlog lies spread over many days, for fewer and larger files; memory grows with it, 0 keeps none',
  default: '50000',
  check: wholeNumber(0)
}

export const graceMs: Setting = {
  env: 'COURANT_LAKE_GRACE_MS',
  describe:
    'How long parts stay after they were compacted, for readers that still hold a list of them; longer than a Kafka session',
  default: '600000',
  check: wholeNumber(0)
}

export const compactMs: Setting = {
  env: 'COURANT_LAKE_COMPACT_MS',
  describe: 'How often Silver looks for days to compact; 0 leaves it to others',
  default: '60000',
  check: wholeNumber(0)
}

export const compactParts: Setting = {
  env: 'COURANT_LAKE_COMPACT_PARTS',
  describe: 'Parts of a day from which on Silver compacts it even while it is open',
  default: '64',
  check: wholeNumber(2)
}

export const duckdbMb: Setting = {
  env: 'COURANT_LAKE_DUCKDB_MB',
  describe:
    'Memory that DuckDB may use to write and compact Parquet; it spills to the temporary folder beyond it',
  default: '128',
  check: wholeNumber(96)
}

export const freshSeconds: Setting = {
  env: 'COURANT_LAKE_FRESH_SECONDS',
  describe:
    'Age of the newest change of today, by event time, above which the freshness check of the open day warns',
  default: '21600',
  check: wholeNumber(1)
}

/** What every sink into the lake may be set by. */
export const lakeSettings: readonly Setting[] = [
  lingerMs,
  batchRows,
  keptRows,
  graceMs,
  ...objectStoreSettings
]

/** Settings of Silver besides. */
export const silverSettings: readonly Setting[] = [
  ...lakeSettings,
  compactMs,
  compactParts,
  duckdbMb,
  freshSeconds
]

/** How large and how old a batch of rows becomes before it is written. */
export function lakeBatching(settings: Settings): Batching {
  return { maxItems: settings.number(batchRows), lingerMs: settings.number(lingerMs) }
}

/** Half as many for Bronze, whose changes are all text and take twice the memory; it peaked at 523 MB with as many. */
export function bronzeBatching(settings: Settings): Batching {
  const { maxItems, lingerMs } = lakeBatching(settings)
  return { maxItems: Math.ceil(maxItems / 2), lingerMs }
}
