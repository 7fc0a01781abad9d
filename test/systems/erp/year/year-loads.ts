import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../../../local/sample/random.ts'
import { progressReader } from '../../../../producers/progress/progress-producer.ts'
import type { Item, LogItem } from '../../../../runtime/pipeline.ts'
import { settingsFrom } from '../../../../runtime/settings.ts'
import { findTable } from '../../../../schemas/erp/configured-tables.ts'
import type { EtlTable } from '../../../../schemas/erp/metadata.ts'
import type { RunEnvelope } from '../../../../schemas/erp/run-envelope.ts'
import { readEtlColumns, readEtlTables } from '../../../../sinks/ods/metadata.ts'
import type { OdsDatabase } from '../../../../sinks/ods/ods-database.ts'
import { odsSink } from '../../../../sinks/ods/ods-sink.ts'
import { openOds } from '../../../../sinks/ods/open-ods.ts'
import { lastSuccess } from '../../../../sinks/ods/loaded-tables.ts'
import { logRun } from '../../../../sinks/ods/run-log.ts'
import type { RunOutcome } from '../../../../sinks/ods/run-merger.ts'
import { newRunId } from '../../../../producers/progress/run-id.ts'
import { testContext } from '../../../support/context.ts'

/** Where a load dies, as if by kill -9. */
export type Kill = 'reading' | 'writing' | 'connection'

/** What became of a load. */
export interface Load {
  /** Of the runs that ended in it, the last of which is its own. */
  readonly outcomes: readonly RunOutcome[]
  /** Why it failed; null when it did not. */
  readonly error: unknown
  readonly wasKilled: boolean
}

export interface LoadWish {
  readonly name: string
  readonly mode: 'full' | 'incremental'
  readonly confirm: boolean
  readonly kill: Kill | null
}

/** Loads tables in this process as the command does, with topics in memory and a clock that is the source's. */
export class YearLoads {
  readonly ods: OdsDatabase
  readonly #env: Readonly<Record<string, string>>
  readonly #random: Random
  readonly #now: () => Date
  readonly #topics = new Map<string, LogItem<RunEnvelope>[]>()

  constructor(env: Readonly<Record<string, string>>, random: Random, now: () => Date) {
    this.#env = env
    this.#random = random
    this.#now = now
    this.ods = openOds(settingsFrom(env))
  }

  async load(wish: LoadWish): Promise<Load> {
    const outcomes: RunOutcome[] = []
    try {
      const table = findTable(await readEtlTables(this.ods), wish.name)
      const wasCut = await this.#publish(table, wish)
      const wasKilled = await this.#takeIn(table, wish, outcomes)
      return { outcomes, error: outcomes.at(-1)?.error ?? null, wasKilled: wasCut || wasKilled }
    } catch (error) {
      // As the command logs what fails before there is a run.
      const [startedAt, { code = 'UNEXPECTED', message = '' }] = [
        this.#now(),
        error as { code?: string; message?: string }
      ]
      const entry = {
        runId: newRunId(startedAt),
        tableName: wish.name,
        mode: wish.mode,
        status: 'failed'
      } as const
      const finishedAt = startedAt
      const failed = { ...entry, startedAt, finishedAt, errorCode: code, errorMessage: message }
      if (wish.kill === null) await logRun(this.ods, failed)
      return { outcomes, error, wasKilled: wish.kill !== null }
    }
  }

  #context(pipeline: string, confirm: boolean) {
    const env = confirm ? { ...this.#env, COURANT_CONFIRM_DELETES: pipeline } : this.#env
    return { ...testContext(env, pipeline), now: this.#now }
  }

  /** Reads a run into the topic; true when the reader died in it. */
  async #publish(table: EtlTable, { mode, kill }: LoadWish): Promise<boolean> {
    const topic = this.#topic(table.tableName)
    const spec = progressReader({
      table,
      columns: await readEtlColumns(this.ods, table.tableName),
      mode,
      ...(await lastSuccess(this.ods, table.tableName))
    })
    const reader = await spec.open(this.#context(`progress.${table.tableName}`, false))
    const limit = 1 + this.#random.int(12)
    let left = kill === 'reading' ? this.#random.int(4) : Infinity
    try {
      for (;;) {
        if (left-- <= 0) return true
        const batch = await reader.read({ limit, lingerMs: 0, signal: AbortSignal.timeout(60_000) })
        for (const item of batch.items) append(topic, item)
        await reader.commit(batch)
        if (batch.items.at(-1)?.value.marker?.kind === 'end') return false
      }
    } finally {
      await reader.close()
    }
  }

  #topic(table: string): LogItem<RunEnvelope>[] {
    const topic = this.#topics.get(table) ?? []
    this.#topics.set(table, topic)
    return topic
  }

  /** Takes in what of the topic is not in the ODS; true when the writer died in it. */
  async #takeIn(table: EtlTable, { kill, confirm }: LoadWish, outcomes: RunOutcome[]): Promise<boolean> {
    const topic = this.#topic(table.tableName)
    const spec = odsSink({ table, onRun: (outcome) => outcomes.push(outcome) })
    const writer = await spec.open(this.#context(`ods.${table.tableName}`, confirm))
    try {
      const next = await writer.stored?.nextOffsets(topicName(table.tableName), [0])
      const items = topic.slice(next?.get(0) ?? 0)
      const end = kill === 'writing' ? this.#random.int(items.length + 1) : items.length
      const cut = kill === 'connection' ? this.#cutSoon() : null
      for (let at = 0; at < end; at += 7)
        await writer.write(items.slice(at, Math.min(end, at + 7)), { signal: AbortSignal.timeout(60_000) })
      await cut
      return end < items.length
    } finally {
      await writer.close()
    }
  }

  async #cutSoon(): Promise<void> {
    await wait(this.#random.int(120))
    await this.ods
      .query('cut', {
        text: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
      })
      .catch(() => undefined)
  }
}

const topicName = (table: string) => `erp.${table}.changes`

function append(topic: LogItem<RunEnvelope>[], item: Item<RunEnvelope>): void {
  topic.push({ ...item, topic: topicName(item.value.source.table), partition: 0, offset: topic.length })
}

/** A folder for the states and caches of a year. */
export const yearFolders = (folder: string) => ({
  COURANT_STATE_DIR: join(folder, 'state'),
  COURANT_ODS_CACHE_DIR: join(folder, 'cache')
})
