import { dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { Table } from '../../schemas/table.ts'
import { sqlName, sqlText } from './duckdb.ts'
import { duckdbMb } from './lake-settings.ts'
import { parquetColumns } from './parquet-columns.ts'
import { copyStatement, type FileFacts } from './parquet-encoder.ts'
import { silverOrder } from './silver-columns.ts'
import type { SchemaColumn } from './silver-schema.ts'

export interface InputFile {
  readonly file: string
  /** In bytes. */
  readonly size: number
}

export interface MergeJob {
  readonly table: Table
  readonly schema: readonly SchemaColumn[]
  readonly connection: DuckDBConnection
}

export interface MergeTarget {
  readonly file: string
  readonly facts: FileFacts
  /** Compressed bytes that are sorted as a whole; see `maxRunBytes`. */
  readonly maxRunBytes: number
}

/**
 * Merges local Parquet files into one with all columns of the schema. What fits into memory is sorted as a whole. Of a
 * larger day, the files are sorted in runs that fit, and the runs are put one after the other: a key is then looked up
 * in one row group of each run. Memory is bounded either way.
 */
export async function mergeFiles(
  job: MergeJob,
  inputs: readonly InputFile[],
  { file, facts, maxRunBytes }: MergeTarget
): Promise<void> {
  const order = silverOrder(job.table)
  const runs = runsOf(inputs, maxRunBytes)
  const copy = async (
    files: readonly string[],
    options: { file: string; order: readonly string[]; facts: FileFacts; level: number }
  ) => {
    await job.connection.run(copyStatement(await unionOf(job, files), options))
  }
  const [only] = runs
  if (only && runs.length === 1) return copy(only.files, { file, order, facts, level: 3 })
  const sorted: string[] = []
  for (const [at, { files, isSorted }] of runs.entries()) {
    const target = join(dirname(file), `run-${at}.parquet`)
    if (!isSorted) await copy(files, { file: target, order, facts: {}, level: 1 })
    sorted.push(...(isSorted ? files : [target]))
  }
  await copy(sorted, { file, order: [], facts, level: 3 })
}

interface Run {
  readonly files: readonly string[]
  readonly isSorted: boolean
}

/**
 * A sixteenth of DuckDB's memory, as compressed bytes (8 MB, some 250,000 rows), is sorted without spilling: measured at
 * a third of the CPU of a sort that spills, which besides runs out of memory once it has spilled enough.
 */
export function maxRunBytes(settings: Settings): number {
  return settings.number(duckdbMb) * 62_500
}

/** Neighbouring files as long as they fit; a file that is larger than that was merged of runs before. */
function runsOf(inputs: readonly InputFile[], maxBytes: number): Run[] {
  const runs: { files: string[]; isSorted: boolean; size: number }[] = []
  for (const { file, size } of inputs) {
    const last = runs.at(-1)
    if (last && !last.isSorted && last.size + size <= maxBytes) {
      last.files.push(file)
      last.size += size
    } else runs.push({ files: [file], isSorted: size > maxBytes, size })
  }
  return runs
}

/** A query of all rows with the columns of the schema; a column that older files lack is NULL there. */
async function unionOf(job: MergeJob, files: readonly string[]): Promise<string> {
  const list = `[${files.map(sqlText).join(', ')}]`
  const present = await checkedColumns(job, files)
  const columns = job.schema.map(({ name, type }) =>
    present.has(name) ? sqlName(name) : `NULL::${type} AS ${sqlName(name)}`
  )
  return `SELECT ${columns.join(', ')} FROM read_parquet(${list}, union_by_name = true)`
}

/** The names of the files' columns; refuses a type that is not the schema's, which a union would convert in silence. */
async function checkedColumns(
  { connection, schema, table }: MergeJob,
  files: readonly string[]
): Promise<Set<string>> {
  const types = new Map(schema.map(({ name, type }) => [name, type]))
  const found = [...(await parquetColumns(connection, files)).values()].flat()
  for (const { name, type } of found)
    if (types.get(name) !== type)
      throw new CourantError(
        'SCHEMA_INCOMPATIBLE',
        `A file of Silver ${table.name} has ${name} as ${type} where its schema says ${types.get(name) ?? 'nothing'}; it stays uncompacted`
      )
  return new Set(found.map(({ name }) => name))
}
