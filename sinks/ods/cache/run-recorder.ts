import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder, syncFolder, writeDurably } from '../../../runtime/files/durable-files.ts'
import type { RunMarker } from '../../../schemas/erp/run-envelope.ts'
import { columnsOf } from '../../../schemas/erp/run-envelope.ts'
import { sqlText } from '../../lake/duckdb.ts'
import { CachedRun, cacheColumns, factsPath, type RunFacts, runFolder } from './cached-run.ts'
import { csvLine, csvNull } from './csv-line.ts'
import { cacheConnection, translateCacheError } from './duckdb.ts'

/** A row on its way into the cache. */
export interface CachedRow {
  readonly key: string
  readonly hashdiff: Buffer
  readonly isDeleted: boolean
  readonly offset: number
  /** Canonical, in the order of the run's columns. */
  readonly values: readonly (string | null)[]
}

export interface RecorderOptions {
  readonly cacheDir: string
  readonly memoryMb: number
  readonly table: string
  /** The start marker. */
  readonly marker: RunMarker
}

// A Parquet file is finished at whichever comes first; memory is bounded by it, whatever the size of the table.
const partRows = 20_000
const partBytes = 48 * 1024 * 1024
const bufferChars = 1024 * 1024

/**
 * Writes a run into the cache while it arrives: lines of CSV, which DuckDB turns into Parquet file by file. The folder
 * has another name until the run is whole.
 */
export class RunRecorder {
  readonly #options: RecorderOptions
  readonly #folder: string
  readonly #names: readonly string[]
  #spool: FileHandle | null = null
  #buffer = ''
  #part = { number: 0, rows: 0, bytes: 0 }
  #rows = 0
  #converting: Promise<void> = Promise.resolve()

  private constructor(options: RecorderOptions) {
    const { cacheDir, table, marker } = options
    this.#options = options
    this.#folder = `${runFolder(cacheDir, table, marker.run_id)}.part`
    this.#names = [...cacheColumns, ...columnsOf(marker).map((column) => column.sqlName)]
  }

  static async start(options: RecorderOptions): Promise<RunRecorder> {
    const recorder = new RunRecorder(options)
    await rm(recorder.#folder, { recursive: true, force: true })
    await makeFolder(recorder.#folder)
    return recorder
  }

  get rows(): number {
    return this.#rows
  }

  /** Takes a row; `flush` makes room once the buffer is full. */
  add({ key, hashdiff, isDeleted, offset, values }: CachedRow): void {
    this.#buffer += csvLine([key, hashdiff.toString('hex'), isDeleted ? '1' : '0', String(offset), ...values])
    this.#rows++
    this.#part.rows++
  }

  get isFull(): boolean {
    return this.#buffer.length >= bufferChars
  }

  async flush(): Promise<void> {
    try {
      await this.#write()
      if (this.#part.rows >= partRows || this.#part.bytes >= partBytes) await this.#finishPart()
    } catch (error) {
      throw translateCacheError(error)
    }
  }

  /** Makes the run whole under its own name, in place of an earlier recording of it. */
  async finish(facts: Omit<RunFacts, 'rows'>): Promise<CachedRun> {
    const { cacheDir, table, marker, memoryMb } = this.#options
    const target = runFolder(cacheDir, table, marker.run_id)
    try {
      await this.#write()
      if (this.#part.rows > 0) await this.#finishPart()
      await this.#converting
      await writeDurably(factsPath(this.#folder), JSON.stringify({ ...facts, rows: this.#rows }))
      await rm(target, { recursive: true, force: true })
      await rename(this.#folder, target)
      await syncFolder(dirname(target))
    } catch (error) {
      throw translateCacheError(error)
    }
    return CachedRun.open(cacheDir, { table, runId: marker.run_id, memoryMb })
  }

  /** Removes what there is of the run. */
  async abandon(): Promise<void> {
    await this.#converting.catch(() => undefined)
    await this.#spool?.close()
    this.#spool = null
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #write(): Promise<void> {
    if (this.#buffer === '') return
    this.#spool ??= await open(this.#spoolPath(), 'w')
    const { bytesWritten } = await this.#spool.write(this.#buffer)
    this.#part.bytes += bytesWritten
    this.#buffer = ''
  }

  /** The next part is filled while DuckDB works on this one; one at a time. */
  async #finishPart(): Promise<void> {
    await this.#spool?.close()
    this.#spool = null
    const csv = this.#spoolPath()
    this.#part = { number: this.#part.number + 1, rows: 0, bytes: 0 }
    await this.#converting
    this.#converting = this.#convert(csv)
    // Met when it is awaited; until then it must not count as unhandled.
    this.#converting.catch(() => undefined)
  }

  #spoolPath(): string {
    return join(this.#folder, `${String(this.#part.number).padStart(5, '0')}.csv`)
  }

  async #convert(csv: string): Promise<void> {
    const connection = await cacheConnection(this.#options.memoryMb)
    try {
      await connection.run(convertStatement(csv, this.#names))
    } finally {
      connection.closeSync()
    }
    await rm(csv)
  }
}

/**
 * Row groups of 4,096 rows: of 300 columns DuckDB holds 130 MB for one, and 170 MB for one of twice the rows. Its
 * dictionaries would reserve a megabyte for each column unless told otherwise.
 */
function convertStatement(csv: string, names: readonly string[]): string {
  const columns = names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ')
  const format = `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, new_line = '\\n', buffer_size = 8388608, max_line_size = 4194304`
  const read = `read_csv(${sqlText(csv)}, ${format}, nullstr = ${sqlText(csvNull)}, columns = {${columns}})`
  const selected = `* REPLACE (unhex(hashdiff) AS hashdiff, is_deleted = '1' AS is_deleted, source_offset::BIGINT AS source_offset)`
  const parquet = csv.replace(/csv$/, 'parquet')
  return `COPY (SELECT ${selected} FROM ${read}) TO ${sqlText(parquet)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 4096, STRING_DICTIONARY_PAGE_SIZE_LIMIT 65536)`
}
