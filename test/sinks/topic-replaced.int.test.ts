import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { memoryWriter } from '../../runtime/memory.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import type { AnyPipeline, Failure, Item } from '../../runtime/pipeline.ts'
import { run } from '../../runtime/run.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { goldPipeline } from '../../sinks/gold/index.ts'
import { stateFile } from '../../sinks/gold/state/gold-state.ts'
import { lakeSinks } from '../../sinks/index.ts'
import { topicsName } from '../../sinks/lake/stored-topics.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { type Connection, share } from '../../topics/connection.ts'
import type { Topic } from '../../topics/topic.ts'
import { testContext } from '../support/context.ts'
import { memoryTopics } from '../support/memory-topics.ts'
import { unique } from '../support/unique.ts'
import { cleanChange, rawChange, sampleTable } from './lake/sample-log.ts'
import { bronzeRows, silverRows } from './lake/stored-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-topic-replaced-'))
after(() => rmSync(root, { recursive: true, force: true }))

const signal = AbortSignal.timeout(120_000)
const { changes, clean } = topicsOf(sampleTable)

interface Sink {
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

const sinks: readonly Sink[] = [
  {
    pipeline: inLake(`bronze.${sampleTable.name}`),
    topic: changes as unknown as Topic<never>,
    item: rawChange,
    stored: async (env) => (await bronzeRows(await storeOf(env), sampleTable.name)).length,
    forget: async (env) => (await storeOf(env)).delete(topicsName(`bronze/${sampleTable.name}`))
  },
  {
    pipeline: inLake(`silver.${sampleTable.name}`),
    topic: clean as unknown as Topic<never>,
    item: cleanChange,
    stored: async (env) => (await silverRows(await storeOf(env), sampleTable.name)).length,
    forget: async (env) => (await storeOf(env)).delete(topicsName(`silver/${sampleTable.name}`))
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

class World {
  readonly sink: Sink
  readonly env: Record<string, string>
  readonly connection: Connection
  static async begin(sink: Sink): Promise<World> {
    const folder = join(root, unique('sink'))
    const env = {
      COURANT_LAKE_URL: join(folder, 'lake'),
      COURANT_GOLD_DIR: join(folder, 'gold'),
      COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
      COURANT_LAKE_COMPACT_MS: '0',
      COURANT_LAKE_LINGER_MS: '10'
    }
    const { connection } = await memoryTopics({ env })
    return new World(sink, env, connection)
  }

  private constructor(sink: Sink, env: Record<string, string>, connection: Connection) {
    this.sink = sink
    this.env = env
    this.connection = connection
  }

  async write(from: number, to: number): Promise<void> {
    const items = Array.from({ length: to - from }, (_, i) => this.sink.item(from + i))
    const writer = await this.sink.topic.writer().open(this.#context())
    await writer.write(items as never, { signal })
  }

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
    return this.sink.stored(this.env)
  }

  confirmed(): Promise<number> {
    return this.run({ COURANT_CONFIRM_NEW_TOPIC: `other, ${this.sink.pipeline.name}` })
  }

  #context(env: Record<string, string> = {}) {
    const context = testContext({ ...this.env, ...env }, this.sink.pipeline.name)
    share(context.settings, this.connection)
    return context
  }
}

describe('a topic that was made anew', () => {
  for (const sink of sinks) {
    const { name } = sink.pipeline

    it(`is not taken for the old one by ${name}, which drops none of its records`, async () => {
      const world = await World.begin(sink)
      await world.write(0, 60)
      assert.equal(await world.run(), 60)
      await world.makeAnew()
      // More than before, and fewer: neither end of the log tells.
      for (const [from, to] of [
        [1000, 1040],
        [1040, 1100]
      ] as const) {
        await world.write(from, to)
        await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
        assert.equal(await sink.stored(world.env), 60)
      }
    })

    it(`is read from its beginning by ${name} once that is confirmed, and what was stored stays`, async () => {
      const world = await World.begin(sink)
      await world.write(0, 60)
      await world.run()
      await world.makeAnew()
      await world.write(1000, 1040)
      assert.equal(await world.confirmed(), 100)
      await world.write(1040, 1045)
      assert.equal(await world.run(), 105)
      assert.equal(await world.confirmed(), 105, 'confirmed once more, the same topic stays the same')
      await world.makeAnew()
      await world.write(2000, 2003)
      await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
      assert.equal(await world.confirmed(), 108)
    })

    it(`is known by ${name} though its data was stored before topics were noted`, async () => {
      const world = await World.begin(sink)
      await world.write(0, 60)
      await world.run()
      await sink.forget(world.env)
      await world.write(60, 70)
      assert.equal(await world.run(), 70)
      await world.makeAnew()
      await world.write(1000, 1100)
      await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
    })
  }

  it('is not taken for the old one by Gold though its offsets were stored before topics were noted', async () => {
    const gold = sinks.find(({ pipeline }) => pipeline === goldPipeline)
    assert.ok(gold)
    const world = await World.begin(gold)
    await world.write(0, 60)
    await world.run()
    await gold.forget(world.env)
    await world.makeAnew()
    await world.write(1000, 1010)
    await assert.rejects(world.run(), { code: 'OFFSET_LOST' })
    await world.write(1010, 1100)
    assert.ok(existsSync(stateFile(world.env['COURANT_GOLD_DIR'] ?? '')))
    assert.equal(await world.confirmed(), 160)
  })
})
