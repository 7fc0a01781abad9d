import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { silverFiles } from '../../../sinks/lake/silver-files.ts'
import type { ObjectStore } from '../../../runtime/object-store/object-store.ts'

export type StoredRow = Readonly<Record<string, string | null>> & { readonly ds: string }

/** Rows of all CSV files of a table, as another program reads them: DuckDB's reader, every column as text. */
export async function bronzeRows(store: ObjectStore, table: string): Promise<StoredRow[]> {
  const names: string[] = []
  for await (const { name } of store.list(`bronze/${table}/`)) if (name.endsWith('.csv')) names.push(name)
  const options = `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false`
  return read(store, names, (file) => `SELECT * FROM read_csv('${file}', ${options})`)
}

/** Rows of the files that the reading rule of Silver takes. */
export async function silverRows(store: ObjectStore, table: string): Promise<StoredRow[]> {
  const names = (await silverFiles(store, table)).map(({ name }) => name)
  return read(store, names, (file) => `SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${file}')`)
}

async function read(
  store: ObjectStore,
  names: readonly string[],
  query: (file: string) => string
): Promise<StoredRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'courant-stored-rows-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`SET TimeZone = 'UTC'`)
    const rows: StoredRow[] = []
    for (const [at, name] of names.entries()) {
      const file = join(folder, `${at}`)
      if (!(await store.copyTo(name, file))) throw new Error(`${name} is gone`)
      const found = (await connection.runAndReadAll(query(file))).getRowObjects() as Record<
        string,
        string | null
      >[]
      rows.push(...found.map((row) => ({ ...row, ds: name.split('/')[2] ?? '' })))
    }
    return rows
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where in the log each row came from. */
export const placesOf = (rows: readonly StoredRow[]): string[] =>
  rows.map((row) => `${row['_partition']}/${row['_offset']}`)
