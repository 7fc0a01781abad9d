import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { spawnTied } from '../../local/tied-process.ts'

const cli = join(import.meta.dirname, '../../cli/main.ts')

/** A `courant` command in a process of its own, which can be killed and started again; it dies with the test. */
export class CourantProcess {
  readonly name: string
  readonly #args: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #logFile: string
  #child: ChildProcess | null = null
  #ended: Promise<number | NodeJS.Signals | null> = Promise.resolve(null)
  /** Peak memory of the lives that have ended, in bytes. */
  #peakBytes = 0

  constructor(
    name: string,
    options: { args: readonly string[]; env: Record<string, string>; logFile: string }
  ) {
    this.name = name
    this.#args = options.args
    this.#env = options.env
    this.#logFile = options.logFile
  }

  /** Starts it; its output is added to the log file. */
  start(): void {
    mkdirSync(dirname(this.#logFile), { recursive: true })
    const log = openSync(this.#logFile, 'a')
    const child = spawnTied(cli, this.#args, {
      stdio: ['ignore', log, log],
      inherit: 'all',
      env: this.#env
    })
    closeSync(log)
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal))
    })
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Sends a signal and resolves with the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.#peakBytes = this.peakBytes()
    this.#child?.kill(signal)
    return this.#ended
  }

  /** Sends a signal that does not end it, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Whether a signal keeps it from running, such as SIGSTOP. */
  get isStopped(): boolean {
    return this.isRunning && /^State:\s+T/m.test(statusOf(this.#child?.pid ?? 0))
  }

  /** Resolves when it has ended by itself. */
  ended(): Promise<number | NodeJS.Signals | null> {
    return this.#ended
  }

  /** The most memory it ever held, over all its lives. */
  peakBytes(): number {
    const now = this.isRunning ? peakOf(this.#child?.pid ?? 0) : 0
    return Math.max(this.#peakBytes, now)
  }

  /** Where the operator pages of its newest life are; empty before it has said so. */
  pagesUrl(): string {
    const found = [...this.output().matchAll(/"(operatorUrl|url)":"(http[^"]+)"/g)]
    return (found.findLast(([, name]) => name === 'operatorUrl') ?? found.at(-1))?.[2] ?? ''
  }

  output(): string {
    return readFileSync(this.#logFile, 'utf8')
  }
}

const statusOf = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8')

const peakOf = (pid: number) => Number(/VmHWM:\s+(\d+) kB/.exec(statusOf(pid))?.[1] ?? 0) * 1024
