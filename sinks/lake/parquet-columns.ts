import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from './duckdb.ts'
import type { SchemaColumn } from './silver-schema.ts'

/** A node of a Parquet schema: its name, DuckDB's type of a leaf, how its children are to be read, and how many there are. */
type Node = readonly [name: string, type: string, converted: string, children: number]

/** The columns of each of some Parquet files, with DuckDB's name of their types, of lists, structs and maps as well. */
export async function parquetColumns(
  connection: DuckDBConnection,
  paths: readonly string[]
): Promise<ReadonlyMap<string, readonly SchemaColumn[]>> {
  const rows = await connection.runAndReadAll(
    `SELECT file_name, to_json(list([name, coalesce(duckdb_type, ''), coalesce(converted_type, ''),
       coalesce(num_children, 0)::VARCHAR] ORDER BY place))
     FROM (SELECT *, row_number() OVER () AS place FROM parquet_schema([${paths.map(sqlText).join(', ')}]))
     GROUP BY file_name`
  )
  // Most files of a table are alike.
  const read = new Map<string, readonly SchemaColumn[]>()
  return new Map(
    rows.getRows().map(([path, schema]) => {
      const text = String(schema)
      const columns = read.get(text) ?? columnsOf(text)
      read.set(text, columns)
      return [String(path), columns] as const
    })
  )
}

function columnsOf(schema: string): readonly SchemaColumn[] {
  const nodes = (JSON.parse(schema) as [string, string, string, string][]).map(
    ([name, type, converted, children]): Node => [name, type, converted, Number(children)]
  )
  const reading = { nodes, at: 0 }
  const [, , , columns] = next(reading)
  return Array.from({ length: columns }, () => columnOf(reading))
}

interface Reading {
  readonly nodes: readonly Node[]
  at: number
}

function next(reading: Reading): Node {
  const node = reading.nodes[reading.at++]
  if (!node) throw new Error('A Parquet schema ends before all of its columns')
  return node
}

/** Nodes come before their children, from left to right. */
function columnOf(reading: Reading): SchemaColumn {
  const [name, leaf, converted, children] = next(reading)
  if (children === 0) return { name, type: leaf }
  if (converted === 'LIST') {
    next(reading)
    return { name, type: `${columnOf(reading).type}[]` }
  }
  if (converted === 'MAP') {
    next(reading)
    return { name, type: `MAP(${columnOf(reading).type}, ${columnOf(reading).type})` }
  }
  const fields = Array.from({ length: children }, () => columnOf(reading))
  return { name, type: `STRUCT(${fields.map((field) => `${field.name} ${field.type}`).join(', ')})` }
}
