import type { Connection } from '../connection.ts'
import type { CatalogueType } from './field-types.ts'

// Vectors such as int2vector have elements and print them otherwise: an array is the type that its element names. Before
// PostgreSQL 14 there are no multiranges.
const typesQuery = `
  WITH RECURSIVE reached (oid) AS (
    SELECT atttypid FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    UNION
    SELECT next FROM reached JOIN pg_type t ON t.oid = reached.oid,
      LATERAL (VALUES (typbasetype), ((SELECT e.oid FROM pg_type e WHERE e.typarray = t.oid)), ((${boundOf('t')}))) AS n (next)
    WHERE next <> 0)
  SELECT t.oid::text, typname, typtype::text, typtypmod::text, typnotnull::text, typndims::text, typbasetype::text,
    (SELECT e.oid::text FROM pg_type e WHERE e.typarray = t.oid), (${boundOf('t')})::text
  FROM reached JOIN pg_type t ON t.oid = reached.oid`

function boundOf(type: string): string {
  return `SELECT rngsubtype FROM pg_range g WHERE rngtypid = ${type}.oid OR to_jsonb(g) ->> 'rngmultitypid' = ${type}.oid::text`
}

interface TypeRow {
  readonly name: string
  readonly sort: string
  readonly modifier: number
  readonly isNotNull: boolean
  readonly dimensions: number
  readonly base: string
  readonly element: string | null
  readonly bound: string | null
}

/** The types that a table's columns are made of. */
export class CatalogueTypes {
  readonly #types: ReadonlyMap<string, TypeRow>

  static async of(connection: Connection, table: string): Promise<CatalogueTypes> {
    const rows = await connection.rows(`the types of ${table}`, typesQuery, [table])
    return new CatalogueTypes(
      new Map(
        rows.map(([oid, name, sort, modifier, isNotNull, dimensions, base, element, bound]) => [
          String(oid),
          {
            name: String(name),
            sort: String(sort),
            modifier: Number(modifier),
            isNotNull: isNotNull === 'true',
            dimensions: Number(dimensions),
            base: String(base),
            element: element ?? null,
            bound: bound ?? null
          }
        ])
      )
    )
  }

  private constructor(types: ReadonlyMap<string, TypeRow>) {
    this.#types = types
  }

  /** A type with what its domains say of precision and dimensions, however many lie between. */
  resolved(oid: string, modifier = -1, dimensions = 0): CatalogueType {
    const type = this.#type(oid)
    const known = modifier >= 0 ? modifier : type.modifier
    if (type.sort === 'd') return this.resolved(type.base, known, Math.max(dimensions, type.dimensions))
    const inner = type.element ?? type.bound
    return {
      name: type.name,
      sort: type.sort,
      modifier: known,
      dimensions: type.element === null ? 0 : Math.max(1, dimensions),
      // An array's precision is that of its elements.
      ...(inner !== null && { of: this.resolved(inner, type.element === null ? -1 : known) })
    }
  }

  /** Whether a domain on the way lets no NULL pass. */
  isNotNull(oid: string): boolean {
    const type = this.#type(oid)
    return type.sort === 'd' && (type.isNotNull || this.isNotNull(type.base))
  }

  #type(oid: string): TypeRow {
    const type = this.#types.get(oid)
    if (!type) throw new Error(`PostgreSQL's catalogue has no type ${oid}`)
    return type
  }
}
