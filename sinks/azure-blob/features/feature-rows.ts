import { compareReads, type ReadMoment } from '../../../schemas/applications/newer.ts'
import type { CuratedApplication } from '../../../schemas/types/applications.ts'
import { type Feature, type FeatureTools, features, featuresVersion } from './feature-columns.ts'

/** Which version of an application a row was computed from, and by which features. */
export interface RowVersion extends ReadMoment {
  readonly content_key: string
  readonly features_version: number
}

/** A row of the features, by column. */
export interface FeatureRow {
  readonly key: string
  readonly version: RowVersion
  readonly values: Readonly<Record<string, string | number | boolean | null>>
}

/** Columns that say where a row comes from, after the features themselves. */
const versionColumns: readonly Feature[] = [
  {
    name: 'content_key',
    type: 'VARCHAR',
    describe: 'Pseudonym of the content the row was computed from',
    of: ({ source }, { pseudonym }) => pseudonym(source.content_sha256)
  },
  {
    name: 'read_at_us',
    type: 'BIGINT',
    describe: 'When the application was read, in microseconds since 1970 UTC',
    of: ({ source }) => source.read_at_us
  },
  {
    name: 'snapshot_xmax',
    type: 'BIGINT',
    describe: 'Orders reads of the same moment',
    of: ({ source }) => source.snapshot_xmax
  },
  {
    name: 'snapshot_in_progress',
    type: 'INTEGER',
    describe: 'Orders reads of the same moment',
    of: ({ source }) => source.snapshot_in_progress
  },
  {
    name: 'features_version',
    type: 'INTEGER',
    describe: 'Version of the way in which features are computed',
    of: () => featuresVersion
  }
]

/** Every column of the file. */
export const fileColumns: readonly Feature[] = [...features, ...versionColumns]

/** The row of an application. */
export function featureRow(record: CuratedApplication, tools: FeatureTools): FeatureRow {
  const values = Object.fromEntries(fileColumns.map(({ name, of }) => [name, of(record, tools)]))
  return { key: String(values['application_key']), version: versionIn(values), values }
}

/** The version of a row as it lies in a file or is about to. */
export function versionIn(values: Readonly<Record<string, unknown>>): RowVersion {
  return {
    content_key: String(values['content_key']),
    read_at_us: Number(values['read_at_us']),
    snapshot_xmax: Number(values['snapshot_xmax']),
    snapshot_in_progress: Number(values['snapshot_in_progress']),
    features_version: Number(values['features_version'])
  }
}

/** Whether a row takes the place of a stored one: as blobs do, equal content changes nothing, and nothing goes back. */
export function replaces(row: RowVersion, stored: RowVersion | undefined): boolean {
  if (!stored) return true
  const isSame = row.content_key === stored.content_key && row.features_version === stored.features_version
  return !isSame && compareReads(row, stored) >= 0
}

/** One row an application: the newest. */
export function newestRows(rows: readonly FeatureRow[]): readonly FeatureRow[] {
  const newest = new Map<string, FeatureRow>()
  for (const row of rows) if (replaces(row.version, newest.get(row.key)?.version)) newest.set(row.key, row)
  return [...newest.values()]
}
