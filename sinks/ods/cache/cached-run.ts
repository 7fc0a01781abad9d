import { createReadStream } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isAbsent } from '../../../runtime/files/durable-files.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { isRunId, type RunMarker } from '../../../schemas/erp/run-envelope.ts'
import { sqlName, sqlText } from '../../lake/duckdb.ts'
import { csvNull } from './csv-line.ts'
import { cacheConnection, translateCacheError } from './duckdb.ts'

/** What is known of a whole run that lies in the cache. */
export interface RunFacts {
  readonly table: string
  /** The end marker. */
  readonly marker: RunMarker
  readonly topic: string
  readonly partition: number
  /** Rows in the files. */
  readonly rows: number
}

/** Columns that each file begins with, before those of the source. */
export const cacheColumns = ['row_key', 'hashdiff', 'is_deleted', 'source_offset'] as const

const factsFile = 'run.json'

/** A run as Parquet: a folder of files, as Spark and pandas read them as one, and what it is in `run.json`. */
export class CachedRun {
  readonly folder: string
  readonly facts: RunFacts
  readonly #memoryMb: number

  private constructor(folder: string, facts: RunFacts, memoryMb: number) {
    this.folder = folder
    this.facts = facts
    this.#memoryMb = memoryMb
  }

  /** CONFIG_INVALID names the runs that are there when this one is not. */
  static async open(
    cacheDir: string,
    run: { table: string; runId: string; memoryMb: number }
  ): Promise<CachedRun> {
    // What a person types is no name of a folder before it is known to be an id.
    const folder = isRunId(run.runId) ? runFolder(cacheDir, run.table, run.runId) : null
    try {
      if (folder !== null) {
        const facts = JSON.parse(await readFile(join(folder, factsFile), 'utf8')) as RunFacts
        return new CachedRun(folder, facts, run.memoryMb)
      }
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
    const known = (await cachedRunIds(cacheDir, run.table)).join(', ') || 'none'
    throw new CourantError(
      'CONFIG_INVALID',
      `Run ${run.runId} of ${run.table} is not in the cache (there: ${known}): load the table from Progress`
    )
  }

  /** The rows as CSV in the order of cacheColumns and the run's columns, the hash as PostgreSQL writes bytes. */
  async *csv(): AsyncGenerator<Buffer> {
    const files = (await readdir(this.folder)).filter((name) => name.endsWith('.parquet')).sort()
    const columns = [...cacheColumns, ...columnNames(this.facts.marker)]
    const selected = columns.map((name) =>
      name === 'hashdiff' ? String.raw`'\x' || lower(hex(hashdiff))` : sqlName(name)
    )
    for (const file of files) {
      const csv = join(this.folder, `${file}.csv`)
      try {
        await this.#export(
          `SELECT ${selected.join(', ')} FROM read_parquet(${sqlText(join(this.folder, file))})`,
          csv
        )
        yield* createReadStream(csv, { highWaterMark: 256 * 1024 })
      } finally {
        await rm(csv, { force: true })
      }
    }
  }

  /** Keys that rows with other values in the key's own columns share: they would become one row of the ODS. */
  async sharedKeys(): Promise<number> {
    const own = this.facts.marker.key_columns
      .map((name) => `coalesce(${sqlName(name)}, '')`)
      .join(' || chr(0) || ')
    const rows = `read_parquet(${sqlText(join(this.folder, '*.parquet'))})`
    const keys = `SELECT row_key FROM ${rows} WHERE NOT is_deleted GROUP BY row_key HAVING min(${own}) <> max(${own})`
    const connection = await cacheConnection(this.#memoryMb)
    try {
      const found = await connection.runAndReadAll(`SELECT count(*) FROM (${keys})`)
      return Number(found.getRows()[0]?.[0] ?? 0)
    } catch (error) {
      throw translateCacheError(error)
    } finally {
      connection.closeSync()
    }
  }

  async #export(query: string, csv: string): Promise<void> {
    const connection = await cacheConnection(this.#memoryMb)
    try {
      await connection.run(
        `COPY (${query}) TO ${sqlText(csv)} (FORMAT csv, HEADER false, NULLSTR ${sqlText(csvNull)})`
      )
    } catch (error) {
      throw translateCacheError(error)
    } finally {
      connection.closeSync()
    }
  }
}

/** Where a whole run of a table lies. */
export function runFolder(cacheDir: string, table: string, runId: string): string {
  if (!isRunId(runId))
    throw new CourantError('CONFIG_INVALID', `'${runId.slice(0, 64)}' is no id of a run: those are UUIDs`)
  return join(tableFolder(cacheDir, table), `${runId}.parquet`)
}

/** Where the runs of a table lie: a folder right in the cache, whatever the table is called. */
export function tableFolder(cacheDir: string, table: string): string {
  const folder = resolve(cacheDir, table)
  if (dirname(folder) === resolve(cacheDir) && basename(folder) === table) return folder
  throw new CourantError(
    'CONFIG_INVALID',
    `TableName '${table}' in config.ETL_Tables cannot be the name of a folder: correct it`
  )
}

export const factsPath = (folder: string): string => join(folder, factsFile)

const columnNames = (marker: RunMarker) =>
  (JSON.parse(marker.columns) as { sqlName: string }[]).map(({ sqlName: name }) => name)

/** Run ids that are whole in the cache, the oldest first. */
export async function cachedRunIds(cacheDir: string, table: string): Promise<string[]> {
  try {
    const names = await readdir(tableFolder(cacheDir, table))
    return names
      .filter((name) => name.endsWith('.parquet'))
      .map((name) => name.slice(0, -'.parquet'.length))
      .sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
