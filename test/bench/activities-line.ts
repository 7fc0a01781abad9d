import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { tables } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { unique } from '../support/unique.ts'
import { addActivities, createDatabase, dropDatabase } from './activities-table.ts'
import type { BenchContext } from './bench.ts'
import { type Installation, runCourant, startCourant } from './courant-process.ts'
import { LogProgress } from './log-progress.ts'
import { type Work, watchWork } from './work.ts'

interface Names {
  readonly database: string
  readonly prefix: string
}

const { changes, clean } = topicsOf(tables.activities)

/**
 * A table of ten columns and the pipelines it flows through, each run as a process of its own until it has done every
 * row. Database, topics and files are its own.
 */
export class ActivitiesLine implements Installation {
  readonly env
  readonly folder
  readonly rows
  readonly changesTopic = changes.name
  readonly cleanTopic = clean.name
  readonly #progress: LogProgress

  readonly #names: Names

  private constructor(place: Installation & { rows: number }, names: Names, progress: LogProgress) {
    this.env = place.env
    this.folder = place.folder
    this.rows = place.rows
    this.#names = names
    this.#progress = progress
  }

  /** Fills the table, and makes the topics. */
  static async create({ env, folder, report }: BenchContext, rows: number): Promise<ActivitiesLine> {
    const own = join(folder, `line-${rows}`)
    mkdirSync(own, { recursive: true })
    const names = { database: await createDatabase(env), prefix: `${unique('bench')}.` }
    const lineEnv = {
      ...env,
      PGDATABASE: names.database,
      COURANT_TOPIC_PREFIX: names.prefix,
      COURANT_STATE_DIR: join(own, 'state'),
      COURANT_LAKE_URL: join(own, 'lake')
    }
    report(`filling a table with ${rows.toLocaleString('en-US')} rows`)
    await addActivities(lineEnv, { from: 0, to: rows, days: 1 })
    const place = { env: lineEnv, folder: own, rows }
    await runCourant(place, ['topics', 'apply'])
    return new ActivitiesLine(place, names, await LogProgress.open(lineEnv))
  }

  /** PostgreSQL to the topic of changes: the first snapshot. */
  async produce(): Promise<Work> {
    return this.#run('postgres.activities', () => this.#progress.written(changes.name))
  }

  /** The topic of changes to the topic of clean rows. */
  async clean(): Promise<Work> {
    return this.#run('clean-activities', () => this.#progress.done('clean-activities', [changes.name]))
  }

  /** The topic of clean rows to Parquet files. */
  async storeSilver(): Promise<Work> {
    return this.#run('silver.activities', () => this.#progress.done('silver.activities', [clean.name]))
  }

  /** Full name of a topic in the cluster. */
  nameInCluster(topic: string): string {
    return `${this.#names.prefix}${topic}`
  }

  async isProduced(): Promise<boolean> {
    return (await this.#progress.written(changes.name)) >= this.rows
  }

  async cleanRecords(): Promise<number> {
    return this.#progress.written(clean.name)
  }

  async remove(): Promise<void> {
    await this.#progress.deleteTopics()
    await this.#progress.close()
    await dropDatabase(this.env, this.#names.database)
  }

  async #run(pipeline: string, done: () => Promise<number>): Promise<Work> {
    const courant = await startCourant(this, ['run', pipeline])
    const work = await watchWork(courant, { rows: this.rows, done })
    await courant.stop()
    return work
  }
}
