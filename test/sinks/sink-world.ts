import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after } from 'node:test'
import { memoryWriter } from '../../runtime/memory.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import type { AnyPipeline, Failure, Item } from '../../runtime/pipeline.ts'
import { run } from '../../runtime/run.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { goldPipeline } from '../../sinks/gold/index.ts'
import { stateFile } from '../../sinks/gold/state/gold-state.ts'
import { lakeSinks } from '../../sinks/index.ts'
import { ledgerName } from '../../sinks/lake/folder-ledger.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { type Connection, share } from '../../topics/connection.ts'
import type { Topic } from '../../topics/topic.ts'
import { type TestContext, testContext } from '../support/context.ts'
import { memoryTopics } from '../support/memory-topics.ts'
import { unique } from '../support/unique.ts'
import { cleanChange, rawChange, sampleTable } from './lake/sample-log.ts'
import { bronzeRows, silverRows } from './lake/stored-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-topic-replaced-'))
after(() => rmSync(root, { recursive: true, force: true }))

const signal = AbortSignal.timeout(120_000)
const { changes, clean } = topicsOf(sampleTable)

/** A sink that keeps, with its data, how far it has read which topic. */
export interface Sink {
  readonly pipeline: AnyPipeline
  readonly topic: Topic<never>
  item(n: number): Item<unknown>
  /** How many of the changes it has. */
  stored(env: Environment): Promise<number>
  /** Takes away what says which topic they are of, as it was before that was kept. */
  forget(env: Environment): Promise<void>
}

const storeOf = (env: Environment) => objectStoreFor(settingsFrom(env))
const inLake = (name: string) => {
  const found = lakeSinks.find((sink) => sink.name === name)
  assert.ok(found)
  return found
}
const inState = <T>({ COURANT_GOLD_DIR: folder = '' }: Environment, action: (file: DatabaseSync) => T): T => {
  const database = new DatabaseSync(stateFile(folder))
  try {
    return action(database)
  } finally {
    database.close()
  }
}

/** Bronze, Silver and Gold. */
export const sinks: readonly Sink[] = [
  {
    pipeline: inLake(`bronze.${sampleTable.name}`),
    topic: changes as unknown as Topic<never>,
    item: rawChange,
    stored: async (env) => (await bronzeRows(await storeOf(env), sampleTable.name)).length,
    forget: async (env) => (await storeOf(env)).delete(ledgerName(`bronze/${sampleTable.name}`))
  },
  {
    pipeline: inLake(`silver.${sampleTable.name}`),
    topic: clean as unknown as Topic<never>,
    item: cleanChange,
    stored: async (env) => (await silverRows(await storeOf(env), sampleTable.name)).length,
    forget: async (env) => (await storeOf(env)).delete(ledgerName(`silver/${sampleTable.name}`))
  },
  {
    pipeline: goldPipeline,
    topic: clean as unknown as Topic<never>,
    item: cleanChange,
    stored: async (env) =>
      inState(env, (state) => Number(state.prepare('SELECT count(*) AS n FROM purchases').get()?.['n'])),
    forget: async (env) => inState(env, (state) => state.exec('DELETE FROM topics'))
  }
]

/** A sink with its topic, in a Kafka in memory, and with a lake and Gold of its own. */
export class SinkWorld {
  readonly sink: Sink
  readonly env: Record<string, string>
  readonly connection: Connection
  readonly #contexts: TestContext[] = []
  static async begin(sink: Sink): Promise<SinkWorld> {
    const folder = join(root, unique('sink'))
    const env = {
      COURANT_LAKE_URL: join(folder, 'lake'),
      COURANT_GOLD_DIR: join(folder, 'gold'),
      COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
      COURANT_LAKE_COMPACT_MS: '0',
      COURANT_LAKE_LINGER_MS: '10'
    }
    const { connection } = await memoryTopics({ env })
    return new SinkWorld(sink, env, connection)
  }

  private constructor(sink: Sink, env: Record<string, string>, connection: Connection) {
    this.sink = sink
    this.env = env
    this.connection = connection
  }

  /** Appends changes to the topic. */
  async write(from: number, to: number): Promise<void> {
    const items = Array.from({ length: to - from }, (_, i) => this.sink.item(from + i))
    const writer = await this.sink.topic.writer().open(this.#context())
    await writer.write(items as never, { signal })
  }

  /** The topic is deleted and made again. */
  async makeAnew(): Promise<void> {
    const admin = await this.connection.kafka.admin()
    const config = (await admin.topics()).find(({ name }) => name === this.sink.topic.name)
    assert.ok(config)
    await admin.deleteTopics([config.name])
    await admin.createTopics([config])
  }

  /** Runs the sink until it has caught up; gives how many changes it has then. */
  async run(env: Record<string, string> = {}): Promise<number> {
    const stop = new AbortController()
    const context = this.#context(env)
    await run(this.sink.pipeline, {
      signal: AbortSignal.any([stop.signal, signal]),
      context,
      deadLetters: await memoryWriter<Failure>('dead letters').open(context),
      onBatch: (caughtUp) => caughtUp && stop.abort()
    })
    return this.sink.stored({ ...this.env, ...env })
  }

  confirmed(): Promise<number> {
    return this.run({ COURANT_CONFIRM_NEW_TOPIC: `other, ${this.sink.pipeline.name}` })
  }

  /** What was logged at warn or above by all runs. */
  warnings(): readonly string[] {
    return this.#contexts.flatMap(({ warnings }) => warnings)
  }

  /** How often something was counted by the last run. */
  counted(name: string): number {
    return this.#contexts.at(-1)?.counted.get(name) ?? 0
  }

  #context(env: Record<string, string> = {}) {
    const context = testContext({ ...this.env, ...env }, this.sink.pipeline.name)
    share(context.settings, this.connection)
    this.#contexts.push(context)
    return context
  }
}
