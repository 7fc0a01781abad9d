import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { CourantError } from '../../../runtime/errors.ts'
import type { Context } from '../../../runtime/pipeline.ts'
import type { Loaded, LoadAnswer, LoadRequest } from './messages.ts'

const program = join(import.meta.dirname, 'load-process.ts')
/** A file that ends its reader may have been unlucky with the machine once, and not twice. */
const mostCrashes = 2
const sayMs = 10_000

/** It reads what anybody may have dropped: of this process's secrets it gets those of the bucket alone. */
const isGiven = /^(?:MINIO_|COURANT_FILES_|COURANT_LAKE_|COURANT_ENV$|PATH$|HOME$|TMPDIR$|LANG$|TZ$)/

/** Processes that read files, used again; they start when they are needed. */
export class Loaders {
  readonly #context: Context
  readonly #idle: ChildProcess[] = []
  readonly #all = new Set<ChildProcess>()
  readonly #crashes = new Map<string, number>()

  constructor(context: Context) {
    this.#context = context
  }

  /** Reads a file; null when it is gone. Says how far it is where it takes long. */
  load(request: LoadRequest): Promise<Loaded | null> {
    const child = this.#idle.pop() ?? this.#start()
    const say = this.#sayer(request.raw)
    return new Promise((resolve, reject) => {
      const end = () => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        say.end()
      }
      const onExit = () => {
        end()
        reject(this.#crashed(request.raw))
      }
      const onMessage = (answer: LoadAnswer) => {
        if ('progress' in answer) return say.progress(answer.progress)
        end()
        this.#idle.push(child)
        if ('loaded' in answer) {
          this.#crashes.delete(request.raw)
          return resolve(answer.loaded)
        }
        const { isTransient, message } = answer.error
        return reject(new CourantError(isTransient ? 'TARGET_UNAVAILABLE' : 'FILE_REFUSED', message))
      }
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.send(request)
    })
  }

  close(): void {
    for (const child of this.#all) child.kill('SIGKILL')
  }

  #start(): ChildProcess {
    const child = fork(program, {
      execArgv: [...process.execArgv, '--max-old-space-size=400'],
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => isGiven.test(name)))
    })
    this.#all.add(child)
    child.on('exit', () => {
      this.#all.delete(child)
      const at = this.#idle.indexOf(child)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    return child
  }

  #crashed(raw: string): CourantError {
    const crashes = (this.#crashes.get(raw) ?? 0) + 1
    this.#crashes.set(raw, crashes)
    return crashes < mostCrashes
      ? new CourantError('TARGET_UNAVAILABLE', `The process that read ${raw} ended; it is read again`)
      : new CourantError('FILE_REFUSED', `${raw} ended the process that read it, ${crashes} times`)
  }

  #sayer(raw: string) {
    const { log, metrics } = this.#context
    const start = performance.now()
    let said = start
    return {
      progress({ share, stage }: { readonly share: number; readonly stage: string }) {
        const now = performance.now()
        const secondsLeft = share > 0.02 ? Math.ceil(((now - start) * (1 - share)) / share / 1000) : null
        metrics.gauge('file_read_ratio', share)
        if (secondsLeft !== null) metrics.gauge('file_seconds_left', secondsLeft)
        if (now - said < sayMs) return
        said = now
        log.info({ raw, stage, percent: Math.round(share * 100), secondsLeft }, 'reading a file')
      },
      end() {
        metrics.gauge('file_read_ratio', 0)
        metrics.gauge('file_seconds_left', 0)
      }
    }
  }
}
