import { cassandraReader } from '../../../producers/cassandra/cassandra-reader.ts'
import type { Reader } from '../../../runtime/pipeline.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import type { TestTable } from './test-table.ts'

/** A test's table with the reader that polls it, read and committed as the runner does. */
export class PolledTable {
  readonly #table: TestTable
  #env: Record<string, string | undefined>
  #context: TestContext
  #passes = 0
  #reader: Promise<Reader<RawChange>> | null = null

  constructor(table: TestTable, env: Record<string, string> = {}) {
    this.#table = table
    this.#env = { ...table.env, ...env }
    this.#context = this.#newContext()
  }

  /** Runs CQL in which `$` stands for the table. */
  async run(cql: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const { client, name } = this.#table
    const { rows } = await client.execute(cql.replace('$', name), [...values], { prepare: true })
    return rows ?? []
  }

  async insertMany(count: number, row: (n: number) => readonly unknown[]): Promise<void> {
    const { client, name, table } = this.#table
    const columns = table.columns.map((column) => column.name)
    const query = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
    for (let from = 0; from < count; from += 100)
      await Promise.all(
        Array.from({ length: Math.min(100, count - from) }, (_, n) =>
          client.execute(query, [...row(from + n)], { prepare: true })
        )
      )
  }

  async readAndCommit(limit = 1000) {
    this.#reader ??= cassandraReader(this.#table.table).open(this.#context)
    const reader = await this.#reader
    const batch = await reader.read({ limit, lingerMs: 0, signal: AbortSignal.timeout(10_000) })
    await reader.commit(batch)
    return batch
  }

  /** Everything until the reader has caught up with nothing left to give. */
  readToEnd(limit = 1000): Promise<RawChange[]> {
    return this.#gather((_, batch) => batch.caughtUp && batch.items.length === 0, limit)
  }

  /** Everything until so many full passes have ended. */
  readThroughPasses(count: number): Promise<RawChange[]> {
    const enough = this.#passes + count
    return this.#gather(() => this.#passes >= enough, 1000)
  }

  /** At least so many changes. */
  readUntil(count: number, limit = 1000): Promise<RawChange[]> {
    return this.#gather((changes) => changes.length >= count, limit)
  }

  async untilWarned(pattern: RegExp): Promise<void> {
    await this.#gather(() => this.#context.warnings.some((warning) => pattern.test(warning)), 1000)
  }

  /** Rows that full passes have read since the last restart. */
  rowsCompared(): number {
    return this.#context.counted.get('source_rows_compared_total') ?? 0
  }

  /** Closes the reader; the next read opens it again, with settings changed. */
  async restart(env: Record<string, string> = {}): Promise<void> {
    await (await this.#reader)?.close()
    this.#reader = null
    this.#env = { ...this.#env, ...env }
    this.#context = this.#newContext()
  }

  async end(): Promise<void> {
    await this.restart()
    await this.#table.drop()
  }

  #newContext(): TestContext {
    const context = testContext(this.#env)
    const gauge = (name: string) => void (this.#passes += name === 'source_compare_seconds' ? 1 : 0)
    return { ...context, metrics: { ...context.metrics, gauge } }
  }

  async #gather(
    isEnough: (
      changes: readonly RawChange[],
      batch: { caughtUp: boolean; items: readonly unknown[] }
    ) => boolean,
    limit: number
  ): Promise<RawChange[]> {
    const changes: RawChange[] = []
    await eventually(
      async () => {
        for (let reads = 0; reads < 50; reads += 1) {
          const batch = await this.readAndCommit(limit)
          changes.push(...batch.items.map((item) => item.value))
          if (isEnough(changes, batch)) return true
        }
        return false
      },
      { timeoutMs: 30_000, what: 'the awaited changes' }
    )
    return changes
  }
}
