import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { brokenChains, type ChainFile } from '../sinks/lake/chain-violations.ts'
import { duckdbRows, fileList } from '../support/duckdb-rows.ts'
import { type DescribedFile, misdescribed } from './invariants.ts'

/** An object of the lake, with a copy of its content. */
export interface LakeFile extends ChainFile {
  readonly file: string
}

/** Copies every object of the lake into a folder; nobody may write to it meanwhile. */
export async function copyLake(store: ObjectStore, folder: string): Promise<LakeFile[]> {
  const names: string[] = []
  for await (const { name } of store.list('')) names.push(name)
  return mapAtOnce(names, 16, async (name) => {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    const info = await store.head(name)
    if (!info || !(await store.copyTo(name, file))) throw new Error(`${name} is gone`)
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    return { name, file, metadata: info.metadata, sha256 }
  })
}

const readers = {
  csv: (files: readonly string[]) =>
    `read_csv(${fileList(files)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', filename = true)`,
  parquet: (files: readonly string[]) =>
    `read_parquet(${fileList(files)}, union_by_name = true, filename = true)`
}

/** I5 of Bronze and Silver: chains are whole, and each file holds what its metadata says. */
export async function fileViolations(files: readonly LakeFile[]): Promise<string[]> {
  const chained = files.filter(({ name }) => /^(bronze|silver)\//.test(name))
  const described = [...(await withRows(chained, 'csv')), ...(await withRows(chained, 'parquet'))]
  return [...brokenChains(chained), ...misdescribed(described)]
}

async function withRows(files: readonly LakeFile[], ending: keyof typeof readers): Promise<DescribedFile[]> {
  const rows = new Map<string, { partition: number; offset: number }[]>()
  const own = files.filter(({ name }) => name.endsWith(`.${ending}`))
  // The tables one by one: their columns differ.
  for (const ofTable of Map.groupBy(own, ({ name }) => name.split('/')[1]).values()) {
    const from = readers[ending](ofTable.map(({ file }) => file))
    for (const row of await duckdbRows(`SELECT filename, _partition, _offset FROM ${from}`)) {
      const file = String(row['filename'])
      const place = { partition: Number(row['_partition']), offset: Number(row['_offset']) }
      rows.set(file, [...(rows.get(file) ?? []), place])
    }
  }
  return own.map(({ name, file, metadata }) => ({ name, metadata, rows: rows.get(file) ?? [] }))
}
