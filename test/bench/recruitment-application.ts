import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'pg'
import { pipelines } from '../../cli/pipelines.ts'
import { createApplicationTables } from '../../local/sample/applications/create-tables.ts'
import { fillApplications } from '../../local/sample/applications/fill-applications.ts'
import type { Environment } from '../../runtime/settings.ts'
import { unique } from '../support/unique.ts'
import { connectionOf, createDatabase, dropDatabase } from './activities-table.ts'
import type { BenchContext } from './bench.ts'
import { type Installation, runCourant, startCourant } from './courant-process.ts'
import { LogProgress } from './log-progress.ts'
import type { MeasuredProcess } from './measured-process.ts'

export const webhookToken = 'a-token-for-measurements'

/** Makes a database with sample applications, and gives its name, their ids and a way to change one. */
export async function recruitmentDatabase(env: Environment, applications: number) {
  const ids: string[] = []
  const endingAt = new Date(new Date().setUTCHours(0, 0, 0, 0))
  const name = await createDatabase(env, async (client) => {
    await createApplicationTables(client)
    await fillApplications({ seed: 7, applications, endingAt }, client)
    await client.query('VACUUM ANALYZE')
    const { rows } = await client.query<{ id: string }>('SELECT id FROM application ORDER BY md5(id::text)')
    ids.push(...rows.map(({ id }) => id))
  })
  const pool = new Pool({ ...connectionOf({ ...env, PGDATABASE: name }), max: 8 })
  // When a measurement fails its servers are stopped; that must not hide why it failed.
  pool.on('error', () => undefined)
  return {
    name,
    ids,
    change: (id: string) => pool.query('UPDATE application SET updated_at = now() WHERE id = $1', [id]),
    async drop() {
      await pool.end()
      await dropDatabase(env, name)
    }
  }
}

/** An installation of Courant for job applications, with topics and containers of its own. */
export class RecruitmentApplication implements Installation {
  readonly env: Environment
  readonly folder: string
  readonly #progress: LogProgress

  private constructor(place: Installation, progress: LogProgress) {
    this.env = place.env
    this.folder = place.folder
    this.#progress = progress
  }

  static async create(
    context: BenchContext,
    name: string,
    database: string
  ): Promise<RecruitmentApplication> {
    const folder = join(context.folder, name)
    mkdirSync(folder, { recursive: true })
    const env = {
      ...context.env,
      PGDATABASE: database,
      COURANT_SYSTEMS: 'applications',
      WEBHOOK_SECRET: webhookToken,
      COURANT_TOPIC_PREFIX: `${unique('bench')}.`,
      COURANT_STATE_DIR: join(folder, 'state'),
      COURANT_APPLICATIONS_RAW: unique('raw'),
      COURANT_APPLICATIONS_CURATED: unique('curated'),
      COURANT_APPLICATIONS_FEATURES: unique('features'),
      COURANT_APPLICATIONS_CLAIMS: unique('claims'),
      COURANT_LOG_LEVEL: 'info'
    }
    const application = new RecruitmentApplication({ env, folder }, await LogProgress.open(env))
    await runCourant(application, ['topics', 'apply'])
    return application
  }

  start(args: readonly string[]): Promise<MeasuredProcess> {
    return startCourant(this, args)
  }

  /** Waits until no pipeline has anything to do. */
  async untilQuiet(process: MeasuredProcess): Promise<void> {
    const readers = pipelines.filter(({ reads }) => reads.some((topic) => topic.startsWith('applications.')))
    const isQuiet = async () => {
      for (const { name, reads } of readers) {
        const written = await Promise.all(reads.map((topic) => this.#progress.written(topic)))
        if ((await this.#progress.done(name, reads)) < written.reduce((a, b) => a + b, 0)) return false
      }
      return true
    }
    const quiet = async () => {
      while (!(await isQuiet())) await wait(500)
    }
    await process.whileRunning(quiet())
  }

  async remove(): Promise<void> {
    await this.#progress.deleteTopics()
    await this.#progress.close()
  }
}

/** The address that a process logs once it listens. */
export async function listeningUrl(process: MeasuredProcess): Promise<string> {
  const seen = async () => {
    for (;;) {
      const url = /"url":"(http[^"]+)"/.exec(process.logText())?.[1]
      if (url) return url
      await wait(50)
    }
  }
  return process.whileRunning(seen())
}
