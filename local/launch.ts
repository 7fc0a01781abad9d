import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../runtime/errors.ts'
import type { Environment } from '../runtime/settings.ts'
import { type PortChoice, type Ports, choosePorts } from './ports.ts'
import type { Launch, Place, Report, Running, Server } from './server.ts'
import { lastWords } from './last-words.ts'
import { cpuMsOf, type Patience, WorkWatch } from './still-working.ts'
import { spawnTied } from './tied-process.ts'

export interface LaunchOptions {
  readonly installed: string
  readonly dataDir: string
  readonly ports: PortChoice
  readonly env: Environment
  readonly report: Report
  /** When a server that starts counts as stuck, two minutes of doing nothing unless told. */
  readonly patience?: Patience
}

/** However busily it starts: what logs the same for so long never gets there. */
const longestStartMs = 30 * 60_000
const toldEveryMs = 30_000
const stopWithinMs = 30_000
const logKeptBytes = 20_000_000
// The last is Cassandra's, of the port for its peers.
const portTaken =
  /address already in use|bindexception|eaddrinuse|could not (?:create|bind)|port .* in use|:\d+ is in use by another/i

/** Starts an installed server and resolves when it is ready; on a port lost to somebody else, once more on others. */
export async function launch(server: Server, options: LaunchOptions): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(server, { ...options, choice: options.ports })
    const running = new LaunchedServer(server, ports, options)
    try {
      await running.start()
      return running
    } catch (error) {
      if (attempt === 4 || !portTaken.test(running.logText())) throw error
      options.report('a port was taken meanwhile, starting again on another')
    }
  }
}

const lastLine = (text: string) => (lastWords(text) ? `: ${lastWords(text)}` : '')

/** The last start of one server on fixed ports and data. */
class LaunchedServer implements Running {
  readonly name
  readonly url
  readonly env
  readonly logFile
  readonly #server: Server
  readonly #place: Place
  readonly #report: Report
  readonly #patience: Patience | undefined
  #child: ChildProcess | null = null
  /** Resolves when the process and all its threads are gone; null before and after a life. */
  #life: Promise<void> | null = null
  #stopSignal: NodeJS.Signals = 'SIGTERM'
  #logFrom = 0
  /** Ready, and not asked to end. */
  #isUp = false

  constructor(server: Server, ports: Ports, options: LaunchOptions) {
    const home = join(options.dataDir, server.name)
    this.#server = server
    this.#report = options.report
    this.#patience = options.patience
    this.#place = { home, installed: options.installed, ports, logText: async () => this.logText() }
    this.name = server.name
    this.logFile = join(options.dataDir, 'logs', `${server.name}.log`)
    this.url = server.url(this.#place)
    this.env = server.env(this.#place)
  }

  get pid(): number {
    return this.#child?.pid ?? -1
  }

  async start(): Promise<void> {
    const begunAt = performance.now()
    mkdirSync(this.#place.home, { recursive: true })
    const launch = await this.#server.prepare(this.#place)
    while (!(await this.#startOnce(launch, begunAt))) await wait(300)
    this.#isUp = true
    const seconds = ((performance.now() - begunAt) / 1000).toFixed(1)
    this.#report(`ready in ${seconds} s on ${this.url}`)
  }

  async stop(): Promise<void> {
    const life = this.#life
    if (!life) return
    this.#end(this.#stopSignal)
    const isGone = await Promise.race([life.then(() => true), wait(stopWithinMs, false, { ref: false })])
    if (isGone) return
    this.#report(`did not stop within ${stopWithinMs / 1000} s, killing it`)
    await this.kill()
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#end(signal)
    await this.#life
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** What this start has written to the log. */
  logText(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile).subarray(this.#logFrom).toString('utf8') : ''
  }

  /** False when the server ended for a reason that passes by itself. It may take its time while it works. */
  async #startOnce(launch: Launch, begunAt: number): Promise<boolean> {
    this.#spawn(launch)
    const watch = new WorkWatch(this.#progress(), performance.now(), this.#patience)
    for (let toldAt = performance.now(); ; ) {
      if (!this.#life && launch.passingTrouble?.test(this.logText())) return false
      if (!this.#life) throw this.#notReady('ended while starting')
      if (await this.#server.isReady(this.#place).catch(() => false)) return true
      const now = performance.now()
      if (watch.isIdle(this.#progress(), now)) throw await this.#givenUp('does nothing any more')
      if (now - begunAt > longestStartMs) throw await this.#givenUp('is not ready after half an hour')
      if (now - toldAt > toldEveryMs) {
        toldAt = now
        this.#report(`still starting after ${Math.round((now - begunAt) / 1000)} s`)
      }
      await wait(100)
    }
  }

  #progress() {
    const logged = existsSync(this.logFile) ? statSync(this.logFile).size : 0
    return { logged, cpuMs: cpuMsOf(this.pid) }
  }

  async #givenUp(why: string): Promise<CourantError> {
    await this.kill()
    return this.#notReady(`${why} while starting`)
  }

  #spawn(launch: Launch): void {
    const log = this.#openLog()
    const child = spawnTied(launch.command, launch.args, {
      ...launch,
      inherit: 'server',
      stdio: ['ignore', log, log]
    })
    closeSync(log)
    this.#child = child
    this.#stopSignal = launch.stopSignal ?? 'SIGTERM'
    this.#life = new Promise((resolve) => {
      const ended = (why: string) => {
        this.#life = null
        if (this.#isUp)
          this.#report(`ended by itself (${why})${lastLine(this.logText())}; log: ${this.logFile}`)
        resolve()
      }
      child.once('error', (error) => ended(error.message))
      child.once('exit', (code, signal) => ended(String(signal ?? code)))
    })
  }

  #openLog(): number {
    mkdirSync(dirname(this.logFile), { recursive: true })
    if (existsSync(this.logFile) && statSync(this.logFile).size > logKeptBytes)
      renameSync(this.logFile, `${this.logFile}.1`)
    this.#logFrom = existsSync(this.logFile) ? statSync(this.logFile).size : 0
    return openSync(this.logFile, 'a')
  }

  #end(signal: NodeJS.Signals): void {
    this.#isUp = false
    this.#child?.kill(signal)
  }

  #notReady(what: string): CourantError {
    return new CourantError(
      'SERVER_NOT_READY',
      `${this.name} ${what}${lastLine(this.logText())} (log: ${this.logFile})`
    )
  }
}
