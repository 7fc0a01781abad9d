import type { Client, types } from 'cassandra-driver'
import { untilAborted } from '../../runtime/loop/stopping.ts'
import { keyValues, type Micros } from '../../schemas/change.ts'
import { execute } from './execute.ts'
import type { TokenRange } from './ring.ts'
import { rowReader, type SourceRow, tokenAlias, writtenAlias, writtenColumns } from './source-row.ts'
import type { SourceShape } from './source-shape.ts'

/** A page of a query; `next` continues it and is null when there is no more. */
export interface SourcePage {
  readonly rows: readonly SourceRow[]
  readonly next: string | null
}

export interface PageRequest {
  readonly range: TokenRange
  readonly page: string | null
  readonly limit: number
  readonly signal: AbortSignal
}

/** Rows whose time column lies in (after, upTo], both in milliseconds. */
export interface TimeSlice {
  readonly column: string
  readonly afterMs: number
  readonly upToMs: number
}

/** What the passes need of a table; all throw SOURCE_UNAVAILABLE or SOURCE_REFUSED. */
export interface Source {
  /** The time columns that show what is new. */
  readonly newest: readonly string[]
  /** The cluster's clock, as far as one node tells it. */
  now(signal: AbortSignal): Promise<Micros>
  /** Rows of a part of the ring, in the order of their tokens. */
  scan(request: PageRequest): Promise<SourcePage>
  /** Only the rows of a time slice. */
  slice(slice: TimeSlice, request: PageRequest): Promise<SourcePage>
  /** The row of a key, or null when there is none. */
  row(key: string, signal: AbortSignal): Promise<SourceRow | null>
  /** The key columns of a record's key. */
  keyRow(key: string): Record<string, string>
  close(): Promise<void>
}

/** A table's queries; the session is closed with it. */
export class CqlSource implements Source {
  readonly #client: Client
  readonly #shape: SourceShape
  readonly #read: (row: types.Row) => SourceRow | null
  readonly #scan: string
  readonly #point: string

  constructor(client: Client, shape: SourceShape) {
    this.#client = client
    this.#shape = shape
    this.#read = rowReader(shape)
    const select = selectOf(shape)
    const token = `token(${shape.partitionKey.map(quoted).join(', ')})`
    this.#scan = `${select} WHERE ${token} > ? AND ${token} <= ?`
    this.#point = `${select} WHERE ${shape.key.map(({ name }) => `${quoted(name)} = ?`).join(' AND ')}`
  }

  get newest(): readonly string[] {
    return this.#shape.newest
  }

  async now(signal: AbortSignal): Promise<Micros> {
    const query = 'SELECT toUnixTimestamp(now()) AS now FROM system.local'
    const { rows } = await this.#execute(query, [], { signal })
    return Number(rows[0]?.['now']) * 1000
  }

  scan(request: PageRequest): Promise<SourcePage> {
    const { after, upTo } = request.range
    return this.#page(this.#scan, [after, upTo], request)
  }

  /**
   * ALLOW FILTERING is meant: the server looks through the part, or uses an index on the column where there is one,
   * and sends only what is new.
   */
  slice({ column, afterMs, upToMs }: TimeSlice, request: PageRequest): Promise<SourcePage> {
    const { after, upTo } = request.range
    const query = `${this.#scan} AND ${quoted(column)} > ? AND ${quoted(column)} <= ? ALLOW FILTERING`
    return this.#page(query, [after, upTo, new Date(afterMs), new Date(upToMs)], request)
  }

  async row(key: string, signal: AbortSignal): Promise<SourceRow | null> {
    const texts = keyValues(key, this.#shape.key.length)
    // The driver sends bytes as they are, whatever the column's type.
    const values = this.#shape.key.map((column, n) =>
      texts[n] ? column.toParameter(texts[n]) : Buffer.alloc(0)
    )
    const { rows } = await this.#execute(this.#point, values, { signal })
    return rows[0] ? this.#read(rows[0]) : null
  }

  keyRow(key: string): Record<string, string> {
    const texts = keyValues(key, this.#shape.key.length)
    return Object.fromEntries(this.#shape.key.map(({ name }, n) => [name, texts[n] ?? '']))
  }

  async close(): Promise<void> {
    await this.#client.shutdown()
  }

  async #page(query: string, values: readonly unknown[], request: PageRequest): Promise<SourcePage> {
    const { limit, page, signal } = request
    const result = await this.#execute(query, values, {
      signal,
      fetchSize: limit,
      ...(page !== null && { pageState: page })
    })
    const rows = result.rows.map(this.#read).filter((row) => row !== null)
    return { rows, next: result.pageState ?? null }
  }

  async #execute(
    query: string,
    values: readonly unknown[],
    options: { signal: AbortSignal; fetchSize?: number; pageState?: string }
  ): Promise<types.ResultSet> {
    const { signal, ...paging } = options
    signal.throwIfAborted()
    // The driver cannot cancel a request; whoever stops need not wait for it.
    return untilAborted(execute(this.#client, query, { values, ...paging }), signal)
  }
}

function selectOf(shape: SourceShape): string {
  const selected = [
    `token(${shape.partitionKey.map(quoted).join(', ')}) AS ${quoted(tokenAlias)}`,
    ...shape.columns.map(({ name, select }) =>
      select ? `${select(quoted(name))} AS ${quoted(name)}` : quoted(name)
    ),
    ...writtenColumns(shape).map(({ name }, n) => `writetime(${quoted(name)}) AS ${quoted(writtenAlias(n))}`)
  ]
  return `SELECT ${selected.join(', ')} FROM ${quoted(shape.keyspace)}.${quoted(shape.table)}`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
