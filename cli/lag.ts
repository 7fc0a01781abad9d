import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Settings } from '../runtime/settings.ts'
import type { Connection } from '../topics/connection.ts'
import { durationText } from '../topics/health/durations.ts'
import { healthOf, type PipelineHealth, worseOf, worstFirst } from '../topics/health/health.ts'
import { LagBook, oldestSeconds } from '../topics/health/lag-book.ts'
import { lagPromise, promisesOf } from '../topics/health/promise.ts'
import { headline, levelText, reasonText } from '../topics/health/sentences.ts'
import { StatusBoard } from '../topics/health/status-board.ts'
import { type LagSample, type LagStatus, LagWindow, sampleLags } from '../topics/lag.ts'
import { complain, print, printRows, type Row } from './verb/output.ts'
import { pipelinesNow } from './pipelines.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { withConnection } from './verb/with-connection.ts'

interface LagOptions {
  readonly json?: boolean
  readonly watch?: boolean
}

const everyMs = 2_000

/** `courant lag [pipelines…] [--watch]`: how far each pipeline is behind the topics it reads, and whether that is in time. */
export function lagCommand(program: Command): void {
  program
    .command('lag')
    .description(
      'show how far pipelines are behind, worst first: records, age of the first unread one, health'
    )
    .argument('[pipelines...]')
    .option('-w, --watch', 'look again every two seconds until Ctrl-C')
    .option('--json', 'for machines')
    .action((names: string[], options: LagOptions) =>
      withConnection(
        async (connection, settings) => showLag(await pipelinesOf(names), { connection, settings }, options),
        [lagPromise]
      )
    )
}

async function pipelinesOf(names: readonly string[]): Promise<readonly AnyPipeline[]> {
  const { pipelines, unknown } = await pipelinesNow(names)
  for (const line of unknown) complain(line)
  return pipelines
}

async function showLag(
  pipelines: readonly AnyPipeline[],
  { connection, settings }: { readonly connection: Connection; readonly settings: Settings },
  { watch = false, json = false }: LagOptions
): Promise<void> {
  const { signal } = untilStopSignal()
  const looks = new Looks(pipelines, { connection, settings, signal })
  const show = async () => {
    await wait(everyMs, undefined, { signal })
    const all = await looks.look()
    if (watch && !json) print(`\n${new Date().toISOString()}`)
    printRows(
      all.flatMap((health) => looks.rowsOf(health, json)),
      { json, none: 'No pipeline reads a topic, and no process says how one is.' }
    )
    if (!json) for (const line of explained(all)) print(line)
  }
  try {
    // One look cannot tell a group that works from one that stands still.
    await looks.look()
    for (;;) {
      await show()
      if (!watch) return
    }
  } catch (error) {
    // How a watch ends.
    if (!watch || !signal.aborted) throw error
  }
}

/** What is to be said of all, and of each that is not in time. */
function explained(all: readonly PipelineHealth[]): string[] {
  const reasons = all
    .filter(({ level }) => level !== 'keepsUp')
    .map((health) => `${health.name}: ${reasonText(health, 'en')}`)
  return ['', headline(all, 'en'), ...reasons]
}

interface LooksOptions {
  readonly connection: Connection
  readonly settings: Settings
  readonly signal: AbortSignal
}

/** What several looks at the lag of pipelines tell. */
class Looks {
  readonly #pipelines: readonly AnyPipeline[]
  readonly #options: LooksOptions
  readonly #book = new LagBook()
  readonly #board = new StatusBoard()
  readonly #windows = new Map<string, LagWindow>()
  readonly #samples = new Map<string, readonly LagSample[]>()

  constructor(pipelines: readonly AnyPipeline[], options: LooksOptions) {
    this.#pipelines = pipelines
    this.#options = options
  }

  /** Asks Kafka; a group that it does not tell of is unknown. Rejects when it tells of none. */
  async look(): Promise<readonly PipelineHealth[]> {
    const { connection, settings, signal } = this.#options
    const readers = this.#pipelines.filter(({ reads }) => reads.length > 0)
    const reading = readers.map(({ name, reads }) => ({ group: name, topics: reads }))
    const sampled = await sampleLags(connection, reading, signal)
    signal.throwIfAborted()
    const [first] = sampled
    if (first?.status === 'rejected' && sampled.every(({ status }) => status === 'rejected'))
      throw first.reason
    for (const [index, { name }] of readers.entries()) {
      const result = sampled[index]
      this.#note(name, result?.status === 'fulfilled' ? result.value : [])
    }
    await this.#board.read(connection, signal)
    const promises = promisesOf(settings)
    const now = new Date()
    const stated = this.#board.stated(now)
    return worstFirst(
      this.#pipelines.flatMap(({ name, reads }) => {
        const said = stated.get(name)?.health
        // Of one that reads no topic, nothing is known but what its process says.
        if (reads.length === 0) return said ? [said] : []
        const byLag = healthOf(this.#facts(name, promises(name), now), now)
        return [said ? worseOf(byLag, said) : byLag]
      })
    )
  }

  /** A line a topic; one for a pipeline that reads none. */
  rowsOf(health: PipelineHealth, isForMachines: boolean): Row[] {
    const { name } = health
    const samples = this.#samples.get(name) ?? []
    const reads = this.#pipelines.find((one) => one.name === name)?.reads ?? []
    return (reads.length > 0 ? reads : [null]).map((topic) => {
      const own = samples.filter((sample) => sample.topic === topic)
      const seconds = own.length > 0 ? oldestSeconds(own) : null
      return {
        pipeline: name,
        topic,
        records: own.length > 0 ? own.reduce((sum, { records }) => sum + records, 0) : null,
        ...(isForMachines
          ? { seconds: seconds && Math.round(seconds) }
          : { behind: seconds === null ? 'unknown' : durationText(seconds, 'en') }),
        members: samples[0]?.members ?? null,
        status: own.length > 0 ? this.#statusOf(name, topic) : 'UNKNOWN',
        health: levelText(health, 'en'),
        ...(isForMachines && { why: reasonText(health, 'en') })
      }
    })
  }

  #statusOf(name: string, topic: string | null): LagStatus {
    return this.#windows.get(name)?.status(topic ?? undefined) ?? 'UNKNOWN'
  }

  #note(name: string, samples: readonly LagSample[]): void {
    this.#samples.set(name, samples)
    this.#book.add(name, samples)
    const window = this.#windows.get(name) ?? new LagWindow()
    this.#windows.set(name, window)
    window.add(samples)
  }

  /** What another process does is known by its commits, beside what it says. */
  #facts(name: string, promiseSeconds: number, now: Date) {
    const samples = this.#samples.get(name) ?? []
    return {
      name,
      state: 'running' as const,
      since: now,
      error: null,
      restartAt: null,
      lastBatchAt: null,
      readsTopics: true,
      lag: samples.length > 0 ? this.#book.of(name) : null,
      held: 0,
      promiseSeconds,
      notices: []
    }
  }
}
