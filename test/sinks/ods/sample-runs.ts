import type { LogItem, Position } from '../../../runtime/pipeline.ts'
import type { RunColumn } from '../../../schemas/erp/columns.ts'
import type { RawRow } from '../../../schemas/change.ts'
import { type RunEnvelope, type RunMarker, type RunMode, rowKey } from '../../../schemas/erp/run-envelope.ts'

/** A column of a sample table. */
export function column(sqlName: string, type: RunColumn['type'], size: Partial<RunColumn> = {}): RunColumn {
  return { sqlName, sourceName: sqlName, type, width: null, scale: null, element: null, ...size }
}

export interface SampleTable {
  readonly columns: readonly RunColumn[]
  readonly key: readonly string[]
  readonly keepHistory: boolean
}

export interface SampleRun {
  /** Also in its id. */
  readonly number: number
  readonly mode?: RunMode
  readonly rows: readonly RawRow[]
  readonly deleted?: readonly RawRow[]
  /** What the end marker says, where it is not the truth. */
  readonly said?: Partial<RunMarker>
  /** What both markers say, where it is not the truth. */
  readonly falsely?: Partial<RunMarker>
  /** Before which row a marker lies that nobody of ours wrote. */
  readonly strayAt?: number
}

/** The id of a sample run. */
export const runIdOf = (number: number): string =>
  `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

// An hour ago, so that the views of the last days show it.
const firstVersion = (Math.floor(Date.now() / 1000) - 3600) * 1_000_000

/** The version of all rows of a sample run; a second after the run before. */
const versionOf = (number: number): number => firstVersion + number * 1_000_000

/** A topic of one table in memory: runs are appended, as a producer would write them. */
export class SampleLog {
  readonly topic: string
  readonly items: LogItem<RunEnvelope>[] = []
  #table: SampleTable

  constructor(topic: string, table: SampleTable) {
    this.topic = topic
    this.#table = table
  }

  /** The table has other columns from the next run on. */
  alter(change: Partial<SampleTable>): void {
    this.#table = { ...this.#table, ...change }
  }

  /** Appends a run, and gives its items. */
  run(run: SampleRun): LogItem<RunEnvelope>[] {
    const { rows, deleted = [] } = run
    const from = this.items.length
    this.start(run)
    for (const [n, row] of rows.entries()) {
      if (n === run.strayAt)
        this.#append(run, { marker: { ...this.#marker(run, 'start'), run_id: 'stray' }, op: 'm' })
      this.#append(run, { after: row, op: 'r' })
    }
    for (const row of deleted) this.#append(run, { before: row, op: 'd' })
    this.#append(run, { marker: this.#marker(run, 'end'), op: 'm' })
    return this.items.slice(from)
  }

  /** Appends a start marker alone. */
  start(run: SampleRun): LogItem<RunEnvelope>[] {
    this.#append(run, { marker: this.#marker(run, 'start'), op: 'm' })
    return this.items.slice(-1)
  }

  #marker(run: SampleRun, kind: 'start' | 'end'): RunMarker {
    const { number, mode = 'full', rows, deleted = [], said, falsely } = run
    const { columns, key, keepHistory } = this.#table
    return {
      kind,
      run_id: runIdOf(number),
      mode,
      rows: kind === 'start' ? 0 : rows.length + deleted.length,
      is_complete: kind === 'end' && mode === 'full',
      columns: JSON.stringify(columns),
      key_columns: key,
      keep_history: keepHistory,
      window_from: null,
      window_to: `2026-11-22 08:00:${String(number).padStart(2, '0')}`,
      run_version: versionOf(number),
      shape: JSON.stringify(columns.map(({ sqlName }) => sqlName)),
      ...(kind === 'end' && said),
      ...falsely
    }
  }

  #append(
    { number, mode = 'full' }: SampleRun,
    content: Partial<RunEnvelope> & Pick<RunEnvelope, 'op'>
  ): void {
    const offset = this.items.length
    const version = versionOf(number)
    const row = content.after ?? content.before
    const key = row ? rowKey(row, this.#table.key) : 'marker'
    const source = {
      version: 'test',
      connector: 'progress',
      name: 'erp',
      db: 'erp',
      table: 'sample',
      snapshot: String(mode === 'full'),
      ts_ms: version / 1000,
      ts_us: version,
      row_version: version,
      row_hash: offset,
      run_id: runIdOf(number),
      mode
    }
    this.items.push({
      id: `${this.topic}/${offset}`,
      key,
      position: String(offset) as Position,
      at: new Date(version / 1000),
      topic: this.topic,
      partition: 0,
      offset,
      value: { before: null, after: null, marker: null, source, ts_ms: version / 1000 + offset, ...content }
    })
  }
}
