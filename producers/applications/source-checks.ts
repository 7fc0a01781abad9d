import { type PartName, parts, type Travel } from './parts.ts'
import type { SourceColumn, SourceTables } from './source-tables.ts'

type ColumnName = readonly [part: PartName, column: string]

/** What is compared with what. */
const joins: readonly (readonly [ColumnName, ColumnName])[] = [
  [
    ['candidate', 'id'],
    ['application', 'candidate_id']
  ],
  [
    ['candidate_profile', 'candidate_id'],
    ['application', 'candidate_id']
  ],
  [
    ['job_offer', 'id'],
    ['application', 'job_offer_id']
  ],
  [
    ['document', 'application_id'],
    ['application', 'id']
  ]
]

const times = ['timestamp with time zone', 'timestamp without time zone', 'date']

/** Types whose every value can be read; any type will do for what is missing here. */
const readable: Readonly<Partial<Record<Travel, readonly string[]>>> = {
  micros: times,
  boolean: ['boolean', 'integer']
}
const readableInside: Readonly<Record<string, readonly string[]>> = { updated_at: times, content: ['bytea'] }
/** Of the id that records carry as a UUID; a document's may be anything. */
const uuidTypes = ['uuid', 'text', 'character varying', 'character']

/** A sentence for each column that is of a type which could fail a read, with all that is read with it. */
export function typeProblems(tables: SourceTables): string[] {
  const wrong = (Object.keys(parts) as PartName[]).flatMap((part) =>
    Object.entries(parts[part] as Readonly<Record<string, Travel>>).flatMap(([name, travel]) => {
      const column = tables[part].columns[name]
      const types = travel === 'inside' ? readableInside[name] : readable[travel]
      if (!column || !types || types.includes(column.type)) return []
      const wanted = types.join(' or ')
      return [`${tables[part].name}.${column.name} is of type ${column.type}; it must be ${wanted}`]
    })
  )
  const unlike = joins.flatMap(([left, right]) => {
    const [a, b] = [columnAt(tables, left), columnAt(tables, right)]
    if (familyOf(a) === familyOf(b)) return []
    return [
      `${placeOf(tables, left)} (${a?.type}) cannot be compared with ${placeOf(tables, right)} (${b?.type})`
    ]
  })
  const id = columnAt(tables, ['application', 'id'])
  const notUuid = uuidTypes.includes(id?.type ?? '')
    ? []
    : [`${placeOf(tables, ['application', 'id'])} is of type ${id?.type}; it must be uuid`]
  return [...wrong, ...unlike, ...notUuid]
}

/** Columns that records are looked up by and that no index begins with; `indexed` has those that one does, by part. */
export function missingIndexes(
  tables: SourceTables,
  indexed: ReadonlyMap<string, readonly string[]>
): string[] {
  const lookedUp: readonly ColumnName[] = [['application', 'id'], ...joins.map(([column]) => column)]
  return lookedUp
    .filter((at) => !indexed.get(at[0])?.includes(columnAt(tables, at)?.name ?? ''))
    .map((at) => placeOf(tables, at))
}

const columnAt = (tables: SourceTables, [part, column]: ColumnName): SourceColumn | null =>
  tables[part].columns[column] ?? null

const placeOf = (tables: SourceTables, at: ColumnName) =>
  `${tables[at[0]].name}.${columnAt(tables, at)?.name}`

/** Types of one family can be compared with each other. */
function familyOf(column: SourceColumn | null): string {
  const type = column?.type ?? ''
  if (/^(text|character)/.test(type)) return 'text'
  return /^(smallint|integer|bigint)$/.test(type) ? 'integer' : type
}
