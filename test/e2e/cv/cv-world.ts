import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { asAdmin } from '../../support/postgres-admin.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { deleteTopics } from '../../support/delete-topics.ts'
import { eventually } from '../../support/eventually.ts'
import { runCourant } from '../../support/run-courant.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { settingsFrom } from '../../../runtime/settings.ts'

/** The CV service over the shared servers, with topics, a database and files of its own. */
export class CvWorld {
  readonly env: Record<string, string>
  readonly edge: CourantProcess
  readonly workers: CourantProcess
  readonly folder = mkdtempSync(join(tmpdir(), 'courant-cv-world-'))

  static async start(t: TestContext, more: Record<string, string> = {}): Promise<CvWorld> {
    const world = new CvWorld(more)
    t.after(() => world.#close())
    await asAdmin(`CREATE DATABASE ${world.#database}`)
    const applied = await runCourant(['topics', 'apply'], { env: world.env })
    if (applied.code !== 0) throw new Error(applied.err)
    world.edge.start()
    world.workers.start()
    await eventually(async () => (await world.get('/api/result/none')).status === 404, {
      timeoutMs: 120_000,
      what: 'the service listens'
    })
    return world
  }

  readonly #database = unique('cv').replaceAll(/[^a-z0-9_]/g, '_')
  #url = ''

  private constructor(more: Record<string, string>) {
    const shared = sharedStack('kafka', 'registry', 'postgres')
    const { PGHOST = '', PGPORT = '', PGUSER = '', PGPASSWORD = '', ...rest } = shared
    for (const name of Object.keys(rest))
      if (/^(MINIO_|AZURE_|COURANT_CASSANDRA)/.test(name)) delete (rest as Record<string, string>)[name]
    this.env = {
      ...rest,
      COURANT_CV_DATABASE_URL: `postgres://${PGUSER}:${encodeURIComponent(PGPASSWORD)}@${PGHOST}:${PGPORT}/${this.#database}`,
      COURANT_CV_FILES_DIR: join(this.folder, 'files'),
      COURANT_CV_SECRET_KEY: 'invented-key-for-tests-only-0123456789',
      COURANT_CV_PORT: '0',
      COURANT_OUTGOING_PRIVATE: 'true',
      COURANT_OPERATOR_PORT: '0',
      COURANT_STATE_DIR: join(this.folder, 'state'),
      COURANT_SYSTEMS: 'cv',
      COURANT_TOPIC_PREFIX: `${unique('cv')}.`,
      ...more
    }
    const log = (name: string) => join(this.folder, `${name}.log`)
    this.edge = new CourantProcess('edge', { args: ['cv', 'serve'], env: this.env, logFile: log('edge') })
    this.workers = new CourantProcess('workers', { args: ['run'], env: this.env, logFile: log('workers') })
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url() + path, { headers })
  }

  /** Where the service listens; another port after each start. */
  url(): string {
    this.#url =
      [...this.edge.output().matchAll(/"url":"(http:[^"]+)","operatorUrl"/g)].at(-1)?.[1] ?? this.#url
    return this.#url
  }

  /** Uploads a CV as a browser's form does. */
  upload(
    file: Blob,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {}
  ): Promise<Response> {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', file, 'cv.txt')
    return fetch(`${this.url()}/api/queue`, { method: 'POST', body: form, headers })
  }

  async #close(): Promise<void> {
    for (const one of [this.edge, this.workers]) if (one.isRunning) await one.end('SIGKILL')
    await deleteTopics(settingsFrom(this.env))
    await asAdmin(`DROP DATABASE IF EXISTS ${this.#database} WITH (FORCE)`)
    rmSync(this.folder, { recursive: true, force: true })
  }
}
