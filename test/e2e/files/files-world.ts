import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Stack } from '../../../local/stack.ts'
import type { Current } from '../../../processors/files/loading/current.ts'
import { BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { runCourant } from '../../support/run-courant.ts'
import { ownStack } from '../../support/stack.ts'

const token = 'invented-token-for-tests-only-0123456789'

/** The lake of dropped files on servers of its own, with two workers and the door for notifications. */
export class FilesWorld {
  readonly stack: Stack
  readonly env: Record<string, string>
  readonly bucket: BucketObjects
  readonly door: CourantProcess
  readonly workers: CourantProcess[] = []
  readonly folder: string

  static async start(t: TestContext, more: Record<string, string> = {}): Promise<FilesWorld> {
    const port = await freePort()
    process.env['MINIO_NOTIFY_WEBHOOK_ENDPOINT_COURANT'] = `http://127.0.0.1:${port}/`
    process.env['MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_COURANT'] = `Bearer ${token}`
    const stack = await ownStack(t, 'minio', 'kafka', 'registry')
    const world = new FilesWorld(stack, { COURANT_FILES_PORT: String(port), ...more })
    t.after(() => world.#close())
    for (const verb of [
      ['lake', 'init'],
      ['lake', 'init'],
      ['topics', 'apply']
    ]) {
      const { code, out, err } = await runCourant(verb, { env: world.env })
      if (code !== 0) throw new Error(err)
      if (verb[0] === 'lake') t.diagnostic(out.trim())
    }
    world.door.start()
    return world
  }

  private constructor(stack: Stack, more: Record<string, string>) {
    this.stack = stack
    this.folder = mkdtempSync(join(tmpdir(), 'courant-files-world-'))
    this.env = {
      PATH: process.env['PATH'] ?? '',
      ...stack.env,
      COURANT_FILES_BUCKET: 'elexxion-bucket',
      COURANT_FILES_TOKEN: token,
      COURANT_SYSTEMS: 'files',
      COURANT_OPERATOR_PORT: '0',
      COURANT_KAFKA_PARTITIONS: '4',
      COURANT_STATE_DIR: join(this.folder, 'state'),
      ...more
    }
    this.bucket = BucketObjects.of(settingsFrom(this.env))
    this.door = this.#process('door', ['lake', 'serve'])
  }

  /** A process that runs all pipelines. */
  startWorker(more: Record<string, string>): CourantProcess {
    const worker = this.#process(`worker-${this.workers.length + 1}`, ['run'], more)
    this.workers.push(worker)
    worker.start()
    return worker
  }

  #process(name: string, args: readonly string[], more: Record<string, string> = {}): CourantProcess {
    return new CourantProcess(name, {
      args,
      env: { ...this.env, COURANT_STATE_DIR: join(this.folder, name), ...more },
      logFile: join(this.folder, `${name}.log`)
    })
  }

  async names(prefix: string): Promise<readonly string[]> {
    const found: string[] = []
    for await (const { key } of this.bucket.list(prefix)) if (!key.endsWith('/')) found.push(key)
    return found
  }

  async current(dataset: string): Promise<Current> {
    const file = join(this.folder, 'current.json')
    if ((await this.bucket.download(`output/argent/${dataset}/_current.json`, file)) === null)
      return { files: [], superseded: [], isSuperseding: false }
    return JSON.parse(readFileSync(file, 'utf8')) as Current
  }

  async #close(): Promise<void> {
    for (const one of [this.door, ...this.workers]) if (one.isRunning) await one.end('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
