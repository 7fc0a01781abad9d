import type { Connection } from '../connection.ts'

/** A table as the server's catalogue describes it. */
export interface Found {
  /** pg_class.relkind. */
  readonly kind: string
  readonly columns: ReadonlyMap<string, FoundColumn>
  readonly indexes: readonly FoundIndex[]
  /** Rows, as far as the server's statistics tell; -1 when they do not. */
  readonly rows: number
  /** Columns by which it is partitioned; an expression has no name. */
  readonly partitionedBy: readonly string[]
}

interface FoundColumn {
  readonly type: string
  readonly isNotNull: boolean
  /** Whether its collation orders by bytes. */
  readonly isByteOrdered: boolean
  /** Whether its text depends on nothing but the value, so that an index can have it. */
  readonly hasFixedText: boolean
}

interface FoundIndex {
  readonly isUnique: boolean
  readonly columns: readonly string[]
  /** Of each column: whether it is in the order of bytes, and what is indexed, as SQL. */
  readonly parts: readonly { readonly isBytes: boolean; readonly sql: string }[]
}

// An index of a text column serves COLLATE "C" only when its collation is that very one, so a column whose own
// collation orders by bytes is better left alone. Databases know their provider since PostgreSQL 15.
const columnsQuery = `
  SELECT relkind, attname, format_type(atttypid, -1), attnotnull::text,
    CASE WHEN attcollation = 100 THEN datcollate IN ('C', 'POSIX')
        AND coalesce(to_jsonb(pg_database) ->> 'datlocprovider', 'c') = 'c'
      ELSE attcollation IN (SELECT oid FROM pg_collation WHERE collname IN ('C', 'POSIX', 'ucs_basic')) END::text,
    (SELECT (provolatile = 'i')::text FROM pg_type JOIN pg_proc ON pg_proc.oid = typoutput WHERE pg_type.oid = atttypid),
    reltuples::bigint::text,
    (SELECT json_agg(coalesce(part.attname, ''))::text
     FROM pg_partitioned_table, unnest(partattrs::int2[]) AS num
       LEFT JOIN pg_attribute AS part ON part.attnum = num AND part.attrelid = to_regclass($1)
     WHERE partrelid = pg_class.oid)
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    JOIN pg_database ON datname = current_database()
  WHERE pg_class.oid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`

const indexesQuery = `
  SELECT (indisunique AND indpred IS NULL)::text,
    (SELECT json_agg(attname ORDER BY n)::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS k (num, n)
     LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = num WHERE n <= indnkeyatts),
    (SELECT json_agg(json_build_object('isBytes', c.oid IN (950, 951), 'sql', pg_get_indexdef(indexrelid, n::int, true))
       ORDER BY n)::text FROM unnest(indcollation::oid[]) WITH ORDINALITY AS c (oid, n) WHERE n <= indnkeyatts)
  FROM pg_index WHERE indrelid = to_regclass($1) AND indisvalid`

/** Looks a table up by its quoted name; null when there is none. */
export async function findTable(connection: Connection, name: string): Promise<Found | null> {
  const columns = await connection.rows(`the columns of ${name}`, columnsQuery, [name])
  const first = columns[0]
  if (!first) return null
  const indexes = await connection.rows(`the indexes of ${name}`, indexesQuery, [name])
  return {
    kind: first[0] ?? '',
    columns: new Map(
      columns.map(([, column, type, isNotNull, isByteOrdered, hasFixedText]) => [
        String(column),
        {
          type: String(type),
          isNotNull: isNotNull === 'true',
          isByteOrdered: isByteOrdered === 'true',
          hasFixedText: hasFixedText === 'true'
        }
      ])
    ),
    rows: Number(first[6]),
    partitionedBy: JSON.parse(first[7] ?? '[]') as string[],
    indexes: indexes.map(([isUnique, list, parts]) => ({
      isUnique: isUnique === 'true',
      parts: JSON.parse(parts ?? '[]') as FoundIndex['parts'],
      // Expressions have no name.
      columns: (JSON.parse(list ?? '[]') as (string | null)[]).map((column) => column ?? '')
    }))
  }
}
