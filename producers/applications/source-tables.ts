import { CourantError } from '../../runtime/errors.ts'
import type { Log } from '../../runtime/pipeline.ts'
import { quoteName } from '../postgres/poll/key-column.ts'
import type { Connection } from '../postgres/connection.ts'
import { type Found, findTable } from '../postgres/table/find-table.ts'
import type { Mapping, PartMapping } from './mapping.ts'
import type { PartName } from './parts.ts'
import { missingIndexes, typeProblems } from './source-checks.ts'
import { mappingFile } from './settings.ts'

/** A table of the mapping as the server has it; names are quoted for SQL. */
export interface SourceTable {
  readonly name: string
  /** By our name; null where the source has no such column. */
  readonly columns: Readonly<Record<string, SourceColumn | null>>
}

export interface SourceColumn {
  readonly name: string
  /** As PostgreSQL writes it, for casts. */
  readonly type: string
}

export type SourceTables = Readonly<Record<PartName, SourceTable>>

/**
 * Finds what the mapping names; throws SOURCE_REFUSED with every table and column that is not there or is of a type that
 * cannot be read. A column that is looked up by and has no index is only warned of.
 */
export async function findSourceTables(
  connection: Connection,
  mapping: Mapping,
  log: Log
): Promise<SourceTables> {
  const problems: string[] = []
  const tables: [string, SourceTable][] = []
  const indexed = new Map<string, readonly string[]>()
  for (const [part, mapped] of Object.entries(mapping)) {
    const name = `${quoteName(mapped.schema)}.${quoteName(mapped.table)}`
    const found = await findTable(connection, name)
    if (found) {
      tables.push([part, { name, columns: columnsOf(mapped, found, problems) }])
      indexed.set(
        part,
        found.indexes.flatMap(({ columns }) => columns.slice(0, 1).map(quoteName))
      )
    } else problems.push(`there is no table ${name} (${part})`)
  }
  const complete = Object.fromEntries(tables) as SourceTables
  if (problems.length === 0) problems.push(...typeProblems(complete))
  if (problems.length > 0) throw new CourantError('SOURCE_REFUSED', `${advice}:\n  ${problems.join('\n  ')}`)
  for (const column of missingIndexes(complete, indexed))
    log.warn({ column }, 'applications are looked up by a column without an index: each costs a scan')
  return complete
}

const advice =
  'The database of job applications is not as the mapping says. ' +
  `Correct ${mappingFile.env} (an optional column may be null), or the database (\`courant applications sample\` makes one to try)`

function columnsOf(mapped: PartMapping, found: Found, problems: string[]): SourceTable['columns'] {
  const entries = Object.entries(mapped.columns).map(([ours, theirs]) => {
    if (theirs === null) return [ours, null] as const
    const type = found.columns.get(theirs)?.type
    if (type === undefined)
      problems.push(`table ${quoteName(mapped.table)} has no column ${quoteName(theirs)}`)
    return [ours, { name: quoteName(theirs), type: type ?? '' }] as const
  })
  return Object.fromEntries(entries)
}
