import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'cassandra-driver'
import { Pool } from 'pg'
import { pipelinesNamed } from '../../cli/pipelines.ts'
import { createSourceSchema } from '../../local/sample/create-source-schema.ts'
import { fillSample } from '../../local/sample/fill-sample.ts'
import type { SampleSize } from '../../local/sample/generate.ts'
import type { SampleTargets } from '../../local/sample/targets.ts'
import { connectCassandra } from '../../producers/cassandra/connect-cassandra.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { unique } from '../support/unique.ts'
import { connectionOf, createDatabase, dropDatabase } from './activities-table.ts'
import type { BenchContext } from './bench.ts'
import { type Installation, runCourant, startCourant } from './courant-process.ts'
import { LogProgress } from './log-progress.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { type Work, watchToEnd } from './work.ts'

/** The social application in databases of its own, with an installation of Courant of its own. */
export class SocialApplication implements Installation {
  readonly env: Environment
  readonly folder: string
  /** PostgreSQL and Cassandra, to be written to. */
  readonly sources: SampleTargets
  readonly #database: string
  readonly #cassandra: Client
  readonly #pool: Pool
  readonly #progress: LogProgress

  private constructor(
    place: Installation & { database: string },
    connections: { pool: Pool; cassandra: Client; progress: LogProgress }
  ) {
    this.env = place.env
    this.folder = place.folder
    this.#database = place.database
    this.#pool = connections.pool
    this.#cassandra = connections.cassandra
    this.#progress = connections.progress
    const { pool: pg, cassandra: client } = connections
    this.sources = { pg, cassandra: { client, keyspace: place.database } }
  }

  /** Empty tables and topics. */
  static async create(context: BenchContext, name: string): Promise<SocialApplication> {
    const folder = join(context.folder, name)
    mkdirSync(folder, { recursive: true })
    const database = await createDatabase(context.env)
    const env = {
      ...context.env,
      PGDATABASE: database,
      COURANT_CASSANDRA_KEYSPACE: database,
      COURANT_TOPIC_PREFIX: `${unique('bench')}.`,
      COURANT_STATE_DIR: join(folder, 'state'),
      COURANT_LAKE_URL: join(folder, 'lake'),
      COURANT_GOLD_DIR: join(folder, 'gold'),
      COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
      COURANT_LOG_LEVEL: 'warn'
    }
    const connections = {
      pool: new Pool({ ...connectionOf(env), max: 16 }),
      cassandra: await connectCassandra(settingsFrom(env)),
      progress: await LogProgress.open(env)
    }
    // When a measurement fails its servers are stopped; that must not hide why it failed.
    connections.pool.on('error', () => undefined)
    const application = new SocialApplication({ env, folder, database }, connections)
    await createSourceSchema(application.sources)
    await runCourant(application, ['topics', 'apply'])
    return application
  }

  get analyticsFile(): string {
    return String(this.env['COURANT_ANALYTICS_PATH'])
  }

  /** Adds a sample to the databases and gives how many rows there are. */
  async addSample(size: SampleSize): Promise<number> {
    const { rows } = await fillSample(size, this.sources)
    return Object.values(rows).reduce((sum, count) => sum + count, 0)
  }

  /** Starts pipelines, all unless named, in one process that goes on. */
  async start(names: readonly string[] = [], settings: Environment = {}): Promise<MeasuredProcess> {
    const { folder, env } = this
    return startCourant({ folder, env: { ...env, ...settings } }, ['run', ...names])
  }

  /** Runs pipelines, all unless named, in one process until nothing is left to do. */
  async runOnce(rows: number, names: readonly string[] = []): Promise<Work> {
    return watchToEnd(await startCourant(this, ['run', '--once', ...names]), rows)
  }

  /** Waits until every pipeline has done with all that its topics hold, seen twice, and there is something. */
  async untilQuiet(process: MeasuredProcess): Promise<void> {
    let before = -1
    for (;;) {
      const { unread, written } = await process.whileRunning(this.#backlog())
      const isQuiet = unread === 0 && written > 0
      if (isQuiet && written === before) return
      before = isQuiet ? written : -1
      await wait(1000)
    }
  }

  async remove(): Promise<void> {
    await this.#progress.deleteTopics()
    await this.#progress.close()
    await this.#pool.end()
    await this.#cassandra.execute(`DROP KEYSPACE "${this.#database}"`)
    await this.#cassandra.shutdown()
    await dropDatabase(this.env, this.#database)
  }

  async #backlog(): Promise<{ unread: number; written: number }> {
    // Only their topics are there.
    const pipelines = pipelinesNamed([], this.env)
    const names = [...new Set(pipelines.flatMap(({ reads }) => reads))]
    const written = new Map<string, number>()
    for (const name of names) written.set(name, await this.#progress.written(name))
    const sum = (topics: readonly string[]) =>
      topics.reduce((total, name) => total + (written.get(name) ?? 0), 0)
    let unread = 0
    for (const { name, reads } of pipelines)
      if (reads.length > 0) unread += sum(reads) - (await this.#progress.done(name, reads))
    return { unread, written: sum(names) }
  }
}
