import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Settings } from '../../runtime/settings.ts'
import type { Column, Table } from '../../schemas/table.ts'
import { silverFiles } from '../../sinks/lake/silver-files.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { duckdbRows } from '../support/duckdb-rows.ts'
import { canonical } from './canonical.ts'
import type { StoredEntry } from './invariants.ts'

/** Every row a table has in a layer of the lake, as an analyst's own DuckDB reads the files. */
export async function storedRows(
  table: Table,
  layer: 'bronze' | 'silver',
  settings: Settings
): Promise<StoredEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), 'courant-lake-'))
  try {
    const files = await fetchFiles(table, layer, { folder, store: await objectStoreFor(settings) })
    return files.length === 0
      ? []
      : await readRows(table, layer === 'bronze' ? csv(files) : parquet(table, files))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function fetchFiles(
  table: Table,
  layer: 'bronze' | 'silver',
  { folder, store }: { folder: string; store: ObjectStore }
): Promise<string[]> {
  // A compacted day and the parts it was made of stand side by side for a while: Silver has a rule of reading.
  const silver = layer === 'silver' ? await silverFiles(store, table.name) : []
  const names = silver.map(({ name }) => name)
  if (layer === 'bronze')
    for await (const { name } of store.list(`bronze/${table.name}/`))
      if (name.endsWith('.csv')) names.push(name)
  const files: string[] = []
  for (const name of names) {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    if (await store.copyTo(name, file)) files.push(file)
  }
  return files
}

const listOf = (files: readonly string[]) => `[${files.map((file) => `'${file}'`).join(', ')}]`

const csv = (files: readonly string[]) =>
  `SELECT * FROM read_csv(${listOf(files)}, header = true, all_varchar = true, allow_quoted_nulls = false)`

function parquet({ columns }: Table, files: readonly string[]): string {
  const texts = columns.map((column) => `${asText(column)} AS "${column.name}"`)
  return `SELECT ${texts.join(', ')}, _op, _partition, _offset FROM read_parquet(${listOf(files)})`
}

const asText = ({ name, type }: Column) =>
  type.kind === 'timestamp' ? `epoch_us("${name}")::VARCHAR` : `"${name}"::VARCHAR`

async function readRows(table: Table, query: string): Promise<StoredEntry[]> {
  return (await duckdbRows(query)).map((row) => ({
    partition: Number(row['_partition']),
    offset: Number(row['_offset']),
    row: row['_op'] === 'd' ? null : canonical(table, row)
  }))
}
