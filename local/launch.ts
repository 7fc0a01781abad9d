import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../runtime/errors.ts'
import type { Environment } from '../runtime/settings.ts'
import { type PortChoice, type Ports, choosePorts } from './ports.ts'
import { identityOf, isAlive } from './process-identity.ts'
import type { Launch, Place, Report, Running, Server } from './server.ts'
import { spawnTied } from './tied-process.ts'

export interface LaunchOptions {
  readonly installed: string
  readonly dataDir: string
  readonly ports: PortChoice
  readonly env: Environment
  readonly report: Report
}

const readyWithinMs = 180_000
const stopWithinMs = 30_000
const logKeptBytes = 20_000_000
const portTaken = /address already in use|bindexception|eaddrinuse|could not (?:create|bind)|port .* in use/i

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

/** The last start of one server on fixed ports and data. */
class LaunchedServer implements Running {
  readonly name
  readonly url
  readonly env
  readonly logFile
  readonly #server: Server
  readonly #place: Place
  readonly #report: Report
  #child: ChildProcess | null = null
  #identity = ''
  #stopSignal: NodeJS.Signals = 'SIGTERM'
  #logFrom = 0
  #isEnding = false

  constructor(server: Server, ports: Ports, options: LaunchOptions) {
    const home = join(options.dataDir, server.name)
    this.#server = server
    this.#report = options.report
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
    while (!(await this.#startOnce(launch))) await wait(300)
    const seconds = ((performance.now() - begunAt) / 1000).toFixed(1)
    this.#report(`ready in ${seconds} s on ${this.url}`)
  }

  async stop(): Promise<void> {
    const identity = this.#identity
    this.#isEnding = true
    this.#signal(this.#stopSignal)
    if (await goneWithin(identity, stopWithinMs)) return
    this.#report(`did not stop within ${stopWithinMs / 1000} s, killing it`)
    await this.kill()
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#isEnding = true
    this.#signal(signal)
    await goneWithin(this.#identity, Number.POSITIVE_INFINITY)
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** What this start has written to the log. */
  logText(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile).subarray(this.#logFrom).toString('utf8') : ''
  }

  /** False when the server ended for a reason that passes by itself. */
  async #startOnce(launch: Launch): Promise<boolean> {
    this.#spawn(launch)
    const deadline = performance.now() + readyWithinMs
    while (performance.now() < deadline) {
      const hasEnded = !isAlive(this.#identity)
      if (hasEnded && launch.passingTrouble?.test(this.logText())) return false
      if (hasEnded) throw this.#notReady('ended while starting')
      if (await this.#server.isReady(this.#place).catch(() => false)) return true
      await wait(100)
    }
    await this.kill()
    throw this.#notReady(`was not ready within ${readyWithinMs / 1000} s`)
  }

  #spawn(launch: Launch): void {
    const log = this.#openLog()
    const child = spawnTied(launch.command, launch.args, { ...launch, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#child = child
    this.#identity = identityOf(this.pid) ?? ''
    this.#stopSignal = launch.stopSignal ?? 'SIGTERM'
    this.#isEnding = false
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      if (this.#child !== child || this.#isEnding) return
      this.#report(`ended by itself (${signal ?? code}); log: ${this.logFile}`)
    })
  }

  #openLog(): number {
    mkdirSync(dirname(this.logFile), { recursive: true })
    if (existsSync(this.logFile) && statSync(this.logFile).size > logKeptBytes)
      renameSync(this.logFile, `${this.logFile}.1`)
    this.#logFrom = existsSync(this.logFile) ? statSync(this.logFile).size : 0
    return openSync(this.logFile, 'a')
  }

  #signal(signal: NodeJS.Signals): void {
    if (isAlive(this.#identity)) process.kill(this.pid, signal)
  }

  #notReady(what: string): CourantError {
    const last = this.logText().trimEnd().split('\n').slice(-20).join('\n  ')
    return new CourantError('SERVER_NOT_READY', `${this.name} ${what}; log: ${this.logFile}\n  ${last}`)
  }
}

async function goneWithin(identity: string, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false
    await wait(20)
  }
  return true
}
