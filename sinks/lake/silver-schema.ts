import { CourantError } from '../../runtime/errors.ts'
import type { Table } from '../../schemas/table.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import { silverColumns } from './silver-columns.ts'

/** A column of a table's Silver files and its DuckDB type. */
export interface SchemaColumn {
  readonly name: string
  readonly type: string
}

/** The object that says which columns the Silver files of a table have had, ever. */
const schemaName = (table: string): string => `silver/${table}/_schema.json`

/**
 * The columns of a table's Silver: those it has now, then those that older files had besides. A column keeps its type
 * for ever: another type is SCHEMA_INCOMPATIBLE, before anything of it is written.
 */
export async function ensureSilverSchema(store: ObjectStore, table: Table): Promise<readonly SchemaColumn[]> {
  const name = schemaName(table.name)
  const wanted = silverColumns(table).map((column) => ({ name: column.name, type: column.sqlType }))
  for (;;) {
    const info = await store.head(name)
    const stored = info ? parsed(await readText(store, name)) : []
    const merged = mergeColumns(table.name, stored, wanted)
    if (info && JSON.stringify(merged) === JSON.stringify(stored)) return merged
    const content = bytesContent(`${JSON.stringify(merged, null, 2)}\n`)
    const condition = info ? { ifMatch: info.etag } : { ifNoneMatch: '*' as const }
    const etag = await store.put(name, content, { ...condition, contentType: 'application/json' })
    if (etag !== null) return merged
  }
}

function mergeColumns(
  table: string,
  stored: readonly SchemaColumn[],
  wanted: readonly SchemaColumn[]
): readonly SchemaColumn[] {
  const types = new Map(wanted.map(({ name, type }) => [name, type]))
  const changed = stored.find(({ name, type }) => types.has(name) && types.get(name) !== type)
  if (changed)
    throw new CourantError(
      'SCHEMA_INCOMPATIBLE',
      `Silver ${table} has ${changed.name} as ${changed.type} and would get it as ${types.get(changed.name)}. Give the column of the new type a new name, or move silver/${table} away and fill it anew.`
    )
  return [...wanted, ...stored.filter(({ name }) => !types.has(name))]
}

function parsed(text: string | null): readonly SchemaColumn[] {
  return text === null ? [] : (JSON.parse(text) as SchemaColumn[])
}
