import type { types } from 'avsc'
import packageJson from '../../package.json' with { type: 'json' }
import type { Item, Position } from '../../runtime/pipeline.ts'
import { avroType } from '../../schemas/avro-type.ts'
import { changeId, type RawRow } from '../../schemas/change.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'
import {
  comparedKey,
  type RunEnvelope,
  type RunMarker,
  type RunMode,
  type RunSource
} from '../../schemas/erp/run-envelope.ts'
import { rowSchema } from '../../schemas/erp/run-schema.ts'
import { markerId, markerKey } from '../../topics/erp-changes.ts'
import { rowHash } from '../state/row-hash.ts'
import type { RunPlan } from './run-plan.ts'
import type { TextRow } from './table-scan.ts'

/** A run that has begun. */
export interface Run {
  readonly id: string
  /** The row_version of all its rows. */
  readonly version: number
  readonly plan: RunPlan
}

/** The rows and markers of a run as items for its topic. */
export class RunItems {
  readonly #table: EtlTable
  readonly #run: Run
  readonly #rowOf: (texts: TextRow) => RawRow
  readonly #keyPlaces: readonly number[]
  readonly #source: Omit<RunSource, 'row_hash'>
  readonly #at: Date

  constructor(table: EtlTable, run: Run) {
    const { columns, key } = run.plan.selection
    this.#table = table
    this.#run = run
    const names = columns.map((column) => column.sqlName)
    this.#rowOf = rowMaker(table.tableName, names)
    this.#keyPlaces = key.map(({ sqlName }) => names.indexOf(sqlName))
    this.#source = sourceOf(table, run)
    this.#at = new Date(this.#source.ts_ms)
  }

  start(): Item<RunEnvelope> {
    return this.#marker({ kind: 'start', rows: 0, is_complete: false })
  }

  end(rows: number): Item<RunEnvelope> {
    return this.#marker({ kind: 'end', rows, is_complete: this.#run.plan.mode === 'full' })
  }

  row(texts: TextRow, seenMs: number): Item<RunEnvelope> {
    const key = comparedKey(this.#keyPlaces.map((place) => texts[place] ?? ''))
    const source: RunSource = { ...this.#source, row_hash: rowHash(texts) }
    const after = this.#rowOf(texts)
    const op = this.#run.plan.mode === 'full' ? 'r' : 'u'
    return {
      id: changeId(key, source),
      key,
      value: { before: null, after, source, op, ts_ms: seenMs, marker: null },
      position: this.#run.id as Position,
      at: this.#at
    }
  }

  #marker(part: Pick<RunMarker, 'kind' | 'rows' | 'is_complete'>): Item<RunEnvelope> {
    const { id, version, plan } = this.#run
    const marker: RunMarker = {
      ...part,
      run_id: id,
      mode: plan.mode,
      columns: JSON.stringify(plan.selection.columns),
      key_columns: plan.selection.key.map(({ sqlName }) => sqlName),
      keep_history: this.#table.keepHistory,
      window_from: plan.windowFrom,
      window_to: plan.windowTo,
      run_version: version,
      shape: plan.shape
    }
    const source = { ...this.#source, row_hash: 0 }
    return {
      id: markerId(marker),
      key: markerKey,
      value: { before: null, after: null, source, op: 'm', ts_ms: Date.now(), marker },
      position: id as Position,
      at: this.#at
    }
  }
}

function sourceOf({ tableName }: EtlTable, { id, version, plan }: Run): Omit<RunSource, 'row_hash'> {
  const startedUs = plan.clockUs
  return {
    version: packageJson.version,
    connector: 'progress',
    name: 'erp',
    db: 'erp',
    table: tableName,
    snapshot: snapshotOf(plan.mode),
    ts_ms: Math.floor(startedUs / 1000),
    ts_us: startedUs,
    row_version: version,
    run_id: id,
    mode: plan.mode
  }
}

const snapshotOf = (mode: RunMode) => (mode === 'full' ? 'true' : 'false')

/**
 * Makes rows of texts by the constructor that Avro has for their schema: hundreds of properties that are set one by one
 * would make a hash table of each row, six times as large.
 */
function rowMaker(table: string, names: readonly string[]): (texts: TextRow) => RawRow {
  const { recordConstructor: Row } = avroType(rowSchema(table, names)) as types.RecordType
  return (texts) => new Row(...texts) as RawRow
}
