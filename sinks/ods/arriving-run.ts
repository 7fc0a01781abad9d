import { CourantError } from '../../runtime/errors.ts'
import type { LogItem } from '../../runtime/pipeline.ts'
import type { RunColumn } from '../../schemas/erp/columns.ts'
import { columnsOf, type RunEnvelope, type RunMarker } from '../../schemas/erp/run-envelope.ts'
import type { CachedRun } from './cache/cached-run.ts'
import { RunRecorder } from './cache/run-recorder.ts'
import { type Canonical, canonicalOf } from './canonical-value.ts'
import { RowHasher } from './hashdiff.ts'

export interface ArrivingRunOptions {
  readonly cacheDir: string
  readonly memoryMb: number
  /** The table's name at the source. */
  readonly table: string
  readonly startedAt: Date
  readonly topic: string
  readonly partition: number
  /** Longest text of a column that the ODS takes; null where nothing bounds it. */
  readonly textLimit: (column: RunColumn) => number | null
}

interface RunColumnReader extends RunColumn {
  readonly canonical: Canonical
  /** Values that were none of the type. */
  unfit: number
  /** The longest text it may have. */
  readonly limit: number
  /** Texts that were longer. */
  tooLong: number
}

/** A run between its start marker and its end marker: rows become canonical, are hashed and go into the cache. */
export class ArrivingRun {
  readonly marker: RunMarker
  readonly startedAt: Date
  /** What it took to make and cache the rows. */
  transformMs = 0
  /** Rows that arrived. */
  received = 0
  readonly #options: ArrivingRunOptions
  readonly #recorder: RunRecorder
  readonly #columns: readonly RunColumnReader[]
  readonly #hasher: RowHasher
  #finished: Promise<CachedRun> | null = null

  static async start(marker: RunMarker, options: ArrivingRunOptions): Promise<ArrivingRun> {
    return new ArrivingRun(marker, options, await RunRecorder.start({ ...options, marker }))
  }

  private constructor(marker: RunMarker, options: ArrivingRunOptions, recorder: RunRecorder) {
    const columns = columnsOf(marker)
    this.marker = marker
    this.startedAt = options.startedAt
    this.#options = options
    this.#recorder = recorder
    this.#columns = columns.map((column) => ({
      ...column,
      canonical: canonicalOf(column),
      unfit: 0,
      tooLong: 0,
      limit: limitOf(column, options)
    }))
    this.#hasher = new RowHasher(columns)
  }

  /** Takes a row; `flush` after each batch, and whenever it is full. */
  add({ key, offset, value }: LogItem<RunEnvelope>): void {
    const isDeleted = value.op === 'd'
    const row = (isDeleted ? value.before : value.after) ?? {}
    const values: (string | null)[] = []
    for (const column of this.#columns) {
      const text = row[column.sqlName] ?? null
      const canonical = text === null ? null : column.canonical(text)
      if (canonical === null && text !== null) column.unfit++
      else if (canonical !== null && canonical.length > column.limit) column.tooLong++
      values.push(canonical)
    }
    this.#recorder.add({ key, hashdiff: this.#hasher.hash(values), isDeleted, offset, values })
    this.received++
  }

  get isFull(): boolean {
    return this.#recorder.isFull
  }

  flush(): Promise<void> {
    return this.#recorder.flush()
  }

  /** Why the run cannot be merged although it has ended; null when it can. Names columns and counts, no values. */
  problem(end: RunMarker): CourantError | null {
    const { table } = this.#options
    const unfit = this.#columns.flatMap(({ sqlName, type, unfit: count, tooLong, limit }) => [
      ...(count > 0 ? [`${sqlName}: ${count} that are no ${type}`] : []),
      ...(tooLong > 0 ? [`${sqlName}: ${tooLong} of more than ${limit} characters`] : [])
    ])
    if (unfit.length > 0) {
      const list = unfit.join('; ')
      return new CourantError(
        'VALUE_UNFIT',
        `${table} has values that do not fit their columns (${list}): correct them at the source, or exclude the column or give it a SourceExpression in config.ETL_Columns`
      )
    }
    return this.received < end.rows
      ? incomplete(table, `${this.received} of its ${end.rows} rows arrived`)
      : null
  }

  /** Makes the run whole in the cache; once, however often it is asked for. */
  finish(end: RunMarker): Promise<CachedRun> {
    this.#finished ??= this.#finish(end)
    return this.#finished
  }

  #finish(end: RunMarker): Promise<CachedRun> {
    const { table, topic, partition } = this.#options
    // Of two markers the start marker has the columns for sure.
    const marker = { ...end, columns: this.marker.columns }
    return this.#recorder.finish({ table, marker, topic, partition })
  }

  abandon(): Promise<void> {
    return this.#recorder.abandon()
  }
}

const limitOf = (column: RunColumn, { textLimit }: ArrivingRunOptions) =>
  column.type === 'text' ? (textLimit(column) ?? Infinity) : Infinity

/** What is said of a run that has no end, or not all of its rows. */
export const incomplete = (table: string, what: string): CourantError =>
  new CourantError(
    'RUN_INCOMPLETE',
    `A run of ${table} is incomplete: ${what}. Nothing of it was merged; load the table again`
  )
