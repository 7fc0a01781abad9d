import { CourantError } from '../../runtime/errors.ts'
import { technicalColumns } from '../../schemas/erp/technical-columns.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import { destinationName } from '../../schemas/erp/metadata.ts'
import { columnsOf, type RunMarker } from '../../schemas/erp/run-envelope.ts'
import { checkSqlNames } from '../../schemas/erp/sql-names.ts'
import type { Dialect, DialectLimits } from './dialect.ts'

/** A table of the ODS, as the metadata and a run's marker describe it. */
export interface OdsTable {
  /** Without a schema: the same in stg and ods. */
  readonly name: string
  readonly columns: readonly RunColumn[]
  /** SQL-safe names of the key at the source. */
  readonly key: readonly string[]
  readonly keepHistory: boolean
  /** Columns that the table has and the run has not, as the database writes them: NULL in every row that the run writes. */
  readonly lost?: readonly string[]
  /** It keeps no history now, but has the versions of a time when it did. */
  readonly hasVersions?: boolean
}

/** The table a run is merged into; CONFIG_INVALID names columns that cannot be called so, or not beside each other. */
export function odsTable(destination: string, marker: RunMarker, limits: DialectLimits): OdsTable {
  const columns = columnsOf(marker)
  checkLimits(destination, columns, limits)
  // The producer has asked before, but what is in a topic need not come from it.
  checkSqlNames(destination, columns)
  return { name: tableName(destination), columns, key: marker.key_columns, keepHistory: marker.keep_history }
}

/** Refuses, before anything is loaded, what no table of the database can have; CONFIG_INVALID says what to exclude. */
export function checkLimits(
  table: string,
  columns: readonly Pick<RunColumn, 'sqlName' | 'sourceName' | 'element'>[],
  { name: database, columns: most, nameBytes }: DialectLimits
): void {
  const problems: string[] = []
  const count = columns.length + technicalColumns.length
  if (count > most) {
    const arrays = largestArrays(columns)
    problems.push(
      `it has ${columns.length} columns and ${technicalColumns.length} technical ones, where ${database} takes ${most}: exclude columns in config.ETL_Columns${arrays && `, or give an array a SourceExpression, such as CAST(… AS VARCHAR(2000)), so that it stays one text (${arrays})`}`
    )
  }
  for (const { sqlName, sourceName } of columns)
    if (Buffer.byteLength(sqlName) > nameBytes)
      problems.push(
        `the name of "${sourceName}" is longer than the ${nameBytes} bytes that ${database} takes: set a shorter SqlName in config.ETL_Columns`
      )
  if (problems.length > 0)
    throw new CourantError('CONFIG_INVALID', `Table '${table}' cannot be in the ODS: ${problems.join('; ')}`)
}

/**
 * Refuses a table of which a row that fills its columns is wider than the database has room for; CONFIG_INVALID says how
 * many to exclude. Rows that leave enough of them NULL do fit, so this is for `preflight` and not for a load.
 */
export function checkRowBytes(
  table: OdsTable,
  { limits, rowBytes }: Pick<Dialect, 'limits' | 'rowBytes'>
): void {
  const bytes = rowBytes?.(table)
  if (!bytes || Math.max(bytes.stg, bytes.ods) <= bytes.most) return
  const [where, needed] = bytes.stg > bytes.ods ? ['staging', bytes.stg] : ['its table', bytes.ods]
  const texts = table.columns.filter(({ sqlName, type }) => type === 'text' && !table.key.includes(sqlName))
  const widest = texts.toSorted((a, b) => (b.width ?? Infinity) - (a.width ?? Infinity)).slice(0, 5)
  throw new CourantError(
    'CONFIG_INVALID',
    `A row of '${table.name}' with all its columns filled takes ${needed.toLocaleString('en')} bytes in ${where}, where ${limits.name} has ${bytes.most.toLocaleString('en')}, long values moved out already: exclude ${Math.ceil((needed - bytes.most) / 26)} columns of text or more in config.ETL_Columns (each takes up to 26 bytes, however long it is), such as ${widest.map(({ sourceName }) => sourceName).join(', ')}; rows that leave so many of them empty do load`
  )
}

/** The arrays that give most columns, as `tel: 12, adr: 6`; '' when there are none. */
function largestArrays(columns: readonly Pick<RunColumn, 'sourceName' | 'element'>[]): string {
  const counts = new Map<string, number>()
  for (const { sourceName, element } of columns)
    if (element !== null) counts.set(sourceName, (counts.get(sourceName) ?? 0) + 1)
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a)
  return sorted
    .slice(0, 5)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')
}

/** `ods.Client` and `Client` are the same table; what is not a plain name is refused, or too long to name indexes by. */
export function tableName(destination: string): string {
  const name = destinationName(destination)
  if (name !== null) return name
  throw new CourantError(
    'CONFIG_INVALID',
    `DestinationTable '${destination}' in config.ETL_Tables is no name for a table: use letters, digits and _, 52 at most`
  )
}
