import { CourantError } from '../../runtime/errors.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import { columnsOf, type RunMarker } from '../../schemas/erp/run-envelope.ts'

/** A table of the ODS, as the metadata and a run's marker describe it. */
export interface OdsTable {
  /** Without a schema: the same in stg and ods. */
  readonly name: string
  readonly columns: readonly RunColumn[]
  /** SQL-safe names of the key at the source. */
  readonly key: readonly string[]
  readonly keepHistory: boolean
}

export type TechnicalColumn =
  | 'row_key'
  | 'hashdiff'
  | 'hashdiff_rule'
  | 'row_version'
  | 'valid_from'
  | 'valid_to'
  | 'is_current'
  | 'is_deleted'
  | 'run_id'
  | 'source_topic'
  | 'source_partition'
  | 'source_offset'
  | 'loaded_at'

/** Columns that every table of the ODS has besides those of the source, in their order; docs/ods.md explains them. */
export const technicalColumns: readonly TechnicalColumn[] = [
  'row_key',
  'hashdiff',
  'hashdiff_rule',
  'row_version',
  'valid_from',
  'valid_to',
  'is_current',
  'is_deleted',
  'run_id',
  'source_topic',
  'source_partition',
  'source_offset',
  'loaded_at'
]

/** The table a run is merged into; CONFIG_INVALID names columns that cannot be beside each other. */
export function odsTable(destination: string, marker: RunMarker): OdsTable {
  const columns = columnsOf(marker)
  const taken = new Set<string>(technicalColumns)
  const colliding = columns.filter(({ sqlName }) => {
    const name = sqlName.toLowerCase()
    const isTaken = taken.has(name)
    taken.add(name)
    return isTaken
  })
  if (colliding.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `${destination} has two columns of the name ${colliding.map(({ sqlName }) => sqlName).join(', ')}, one of which may be a technical one: set another SqlName for it in config.ETL_Columns`
    )
  return { name: tableName(destination), columns, key: marker.key_columns, keepHistory: marker.keep_history }
}

/** `ods.Client` and `Client` are the same table; what is not a plain name is refused. */
export function tableName(destination: string): string {
  const name = destination.replace(/^ods\./i, '').toLowerCase()
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name)) return name
  throw new CourantError(
    'CONFIG_INVALID',
    `DestinationTable '${destination}' in config.ETL_Tables is no name for a table: use letters, digits and _`
  )
}
