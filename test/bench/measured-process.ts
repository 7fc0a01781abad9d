import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { spawnTied } from '../../local/tied-process.ts'
import { type Usage, usageOf } from './process-usage.ts'

const sampleMs = 50
const stopWithinMs = 30_000

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What it prints goes here. */
  readonly logFile: string
}

/** A program under measurement; it dies with this process. */
export class MeasuredProcess {
  readonly logFile: string
  /** Resolves when it has ended by itself or by `stop`; rejects with its last lines when it failed. */
  readonly ended: Promise<void>
  readonly #pid: number
  readonly #kill: (signal: NodeJS.Signals) => boolean
  #usage: Usage = { cpuSeconds: 0, peakRssMb: 0 }
  #isStopping = false

  constructor(program: Program) {
    this.logFile = program.logFile
    mkdirSync(dirname(program.logFile), { recursive: true })
    const log = openSync(program.logFile, 'a')
    const { command, args, env, cwd } = program
    const child = spawnTied(command, args, { stdio: ['ignore', log, log], inherit: 'all', env, cwd })
    closeSync(log)
    this.#pid = child.pid ?? -1
    this.#kill = (signal) => child.kill(signal)
    // The kernel forgets a process's figures when it ends, so the last sample stands for the whole.
    const sampling = setInterval(() => this.usage(), sampleMs)
    this.ended = new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => {
        clearInterval(sampling)
        if (code === 0 || this.#isStopping) resolve()
        else
          reject(
            new Error(`${command} failed (${signal ?? code}); last lines of its log:\n${this.#lastLines()}`)
          )
      })
    })
    this.ended.catch(() => undefined)
  }

  /** What it has cost so far, or in all once it has ended. */
  usage(): Usage {
    this.#usage = usageOf(this.#pid) ?? this.#usage
    return this.#usage
  }

  /** What it has printed. */
  logText(): string {
    return readFileSync(this.logFile, 'utf8')
  }

  /** Asks for an orderly end and gives the cost in all; by force after 30 s. */
  async stop(): Promise<Usage> {
    this.usage()
    this.#isStopping = true
    this.#kill('SIGTERM')
    const inOrder = await Promise.race([
      this.ended.then(() => true),
      wait(stopWithinMs, false, { ref: false })
    ])
    if (!inOrder) this.#kill('SIGKILL')
    await this.ended
    return this.#usage
  }

  /** Resolves with the awaited, or rejects as soon as the process fails before. */
  async whileRunning<T>(awaited: Promise<T>): Promise<T> {
    const failed = this.ended.then(() => {
      throw new Error(`It ended before its work was done; log: ${this.logFile}`)
    })
    return Promise.race([awaited, failed])
  }

  #lastLines(): string {
    return this.logText().trimEnd().split('\n').slice(-15).join('\n')
  }
}
