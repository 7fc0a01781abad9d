import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Failure, LogItem } from '../../../runtime/pipeline.ts'
import { writeBatch } from '../../../runtime/loop/write-batch.ts'
import { type Environment, settingsFrom } from '../../../runtime/settings.ts'
import type { RunEnvelope } from '../../../schemas/erp/run-envelope.ts'
import type { OdsDatabase } from '../../../sinks/ods/ods-database.ts'
import { odsSink } from '../../../sinks/ods/ods-sink.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import type { RunOutcome } from '../../../sinks/ods/run-merger.ts'
import { testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'
import { SampleLog, type SampleRun, type SampleTable } from './sample-runs.ts'

export interface OdsWorldOptions {
  /** With COURANT_ODS_URL. */
  readonly env: Environment
  readonly table: SampleTable
  /** The table of the ODS, where it is not called like that of the source; it is left there. */
  readonly destination?: string
}

/** A table of the ODS with a topic of its own, and the sink between them. */
export class OdsWorld {
  readonly ods: OdsDatabase
  readonly name = unique('t').replace('-', '_')
  readonly log: SampleLog
  readonly outcomes: RunOutcome[] = []
  /** What the loop would put into the dead-letter topic. */
  readonly setAside: Failure[] = []
  readonly cacheDir = mkdtempSync(join(tmpdir(), 'courant-test-ods-'))
  readonly #env: Environment
  readonly #destination: string

  constructor(t: TestContext, { env, table, destination }: OdsWorldOptions) {
    this.#destination = destination ?? this.name
    this.#env = { ...env, COURANT_ODS_CACHE_DIR: this.cacheDir, COURANT_ODS_DUCKDB_MB: '128' }
    this.ods = openOds(settingsFrom(this.#env))
    this.log = new SampleLog(`erp.${this.name}.changes`, table)
    t.after(async () => {
      await this.ods.query('clean up', { text: `DROP TABLE IF EXISTS ods.${this.name}` })
      await this.ods.close()
      for (const folder of [this.cacheDir, `${this.cacheDir}-zombie`])
        rmSync(folder, { recursive: true, force: true })
    })
  }

  /** A writer as a process opens it, which has been assigned the partition; `next` is where it goes on. */
  async open(env: Environment = {}) {
    const context = testContext({ ...this.#env, ...env }, `ods.${this.name}`)
    const table = { tableName: this.name, destinationTable: this.#destination }
    const spec = odsSink({ table, onRun: (outcome) => this.outcomes.push(outcome) })
    const writer = await spec.open(context)
    const stored = await writer.stored?.nextOffsets(this.log.topic, [0])
    return { writer, next: stored?.get(0) ?? null, context }
  }

  /** Runs a process that reads the whole topic from where the last one ended; gives the outcomes of the runs. */
  async settle(env: Environment = {}): Promise<readonly RunOutcome[]> {
    const { writer, next } = await this.open(env)
    const from = this.outcomes.length
    try {
      for (const page of pagesOf(this.log.items.slice(next ?? 0), 7))
        this.setAside.push(
          ...(await writeBatch(async (items) => void (await writer.write(items as typeof page, write)), page))
        )
    } finally {
      await writer.close()
    }
    return this.outcomes.slice(from)
  }

  /** Appends a run to the topic and takes it into the ODS. */
  async load(run: SampleRun, env: Environment = {}): Promise<RunOutcome> {
    this.log.run(run)
    const outcome = (await this.settle(env)).at(-1)
    if (!outcome) throw new Error('no run has ended')
    return outcome
  }

  /** Rows as the dialect's own text, ordered by the key and the time they begin; NULL as null. */
  async rows(...columns: string[]): Promise<(string | null)[][]> {
    const text = (name: string) =>
      this.ods.dialect.name === 'postgres' ? `CAST(${name} AS text)` : `CONVERT(nvarchar(400), ${name}, 121)`
    const list = columns.map((name, at) => `${text(name)} AS c${at}`).join(', ')
    const rows = await this.ods.query('read', {
      text: `SELECT ${list} FROM ods.${this.name} ORDER BY row_key, valid_from`
    })
    return rows.map((row) => columns.map((_, at) => (row[`c${at}`] ?? null) as string | null))
  }

  /** Status and error code of the log, the oldest run first. */
  async logged(): Promise<unknown[][]> {
    const rows = await this.ods.query('read', {
      text: 'SELECT RunId AS runid, Status AS status, ErrorCode AS errorcode FROM etl.ETL_Runs WHERE TableName = @name ORDER BY RunId',
      values: { name: this.name }
    })
    return rows.map((row) => [row['runid'], row['status'], row['errorcode']])
  }
}

export const write = { signal: new AbortController().signal }

function pagesOf(items: readonly LogItem<RunEnvelope>[], size: number): LogItem<RunEnvelope>[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size)
  )
}
