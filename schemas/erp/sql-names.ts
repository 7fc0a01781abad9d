import { CourantError } from '../../runtime/errors.ts'
import { technicalColumns } from './technical-columns.ts'

/** A column's name and the SQL-safe one it has from the topic on. */
export interface NamedColumn {
  readonly sourceName: string
  readonly sqlName: string
}

/** `gencod-v` as gencod_v: what no database and no Avro schema needs quotes for. */
export function sqlNameOf(sourceName: string): string {
  const name = sourceName.replaceAll(/[^A-Za-z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}

/** The column of one element of an array, from 1. */
export const elementName = (sqlName: string, element: number) => `${sqlName}__${element}`

const reserved: ReadonlySet<string> = new Set(technicalColumns)
const safe = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/**
 * Refuses names that cannot be told apart or used: CONFIG_INVALID names both columns of each collision. Databases do
 * not tell letter cases apart, so neither may we. Without collisions every SQL name stands for one source column.
 */
export function checkSqlNames(table: string, columns: readonly NamedColumn[]): void {
  const problems: string[] = []
  const bySqlName = new Map<string, string>()
  for (const { sourceName, sqlName } of columns) {
    if (!safe.test(sqlName)) problems.push(`"${sourceName}" cannot be called '${sqlName}'`)
    const other = bySqlName.get(sqlName.toLowerCase())
    if (reserved.has(sqlName.toLowerCase()))
      problems.push(`"${sourceName}" would be called ${sqlName}, as a column of every table of the ODS is`)
    if (other !== undefined) problems.push(`"${other}" and "${sourceName}" would both be called ${sqlName}`)
    bySqlName.set(sqlName.toLowerCase(), sourceName)
  }
  if (problems.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `Columns of table '${table}' need other SQL names: ${problems.join('; ')}. Set SqlName in config.ETL_Columns`
    )
}
