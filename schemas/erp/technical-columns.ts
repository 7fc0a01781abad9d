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
