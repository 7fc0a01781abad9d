import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Connection } from '../topics/connection.ts'
import { type LagSample, LagWindow, sampleLags } from '../topics/lag.ts'
import { print, printRows, type Row } from './output.ts'
import { pipelinesNamed } from './pipelines.ts'
import { untilStopSignal } from './stop-signal.ts'
import { withConnection } from './with-connection.ts'

interface LagOptions {
  readonly json?: boolean
  readonly watch?: boolean
}

const everyMs = 2_000

/** `courant lag [pipelines…] [--watch]`: how far each pipeline is behind the topics it reads. */
export function lagCommand(program: Command): void {
  program
    .command('lag')
    .argument('[pipelines...]')
    .option('-w, --watch', 'look again every two seconds until Ctrl-C')
    .option('--json', 'for machines')
    .action((names: string[], options: LagOptions) =>
      withConnection((connection) => showLag(readersNamed(names), connection, options))
    )
}

const readersNamed = (names: readonly string[]) =>
  pipelinesNamed(names).filter(({ reads }) => reads.length > 0)

async function showLag(
  pipelines: readonly AnyPipeline[],
  connection: Connection,
  { watch = false, json = false }: LagOptions
): Promise<void> {
  const { signal } = untilStopSignal()
  const watched = pipelines.map((pipeline) => ({ pipeline, window: new LagWindow() }))
  const reading = pipelines.map(({ name, reads }) => ({ group: name, topics: reads }))
  const look = async () => {
    const sampled = await sampleLags(connection, reading, signal)
    signal.throwIfAborted()
    return sampled.flatMap((result, index) => {
      if (result.status === 'rejected') throw result.reason
      const one = watched[index]
      return one ? rowsOf(one, result.value) : []
    })
  }
  const show = async () => {
    await wait(everyMs, undefined, { signal })
    const rows = await look()
    if (watch && !json) print(`\n${new Date().toISOString()}`)
    printRows(rows, { json, none: 'No pipeline reads a topic.' })
  }
  try {
    // One look cannot tell a group that works from one that stands still.
    await look()
    for (;;) {
      await show()
      if (!watch) return
    }
  } catch (error) {
    // How a watch ends.
    if (!watch || !signal.aborted) throw error
  }
}

function rowsOf(
  { pipeline: { name, reads }, window }: { pipeline: AnyPipeline; window: LagWindow },
  samples: readonly LagSample[]
): Row[] {
  window.add(samples)
  return reads.map((topic) => ({
    pipeline: name,
    topic,
    records: recordsOf(samples, topic),
    'age s': secondsOf(samples, topic),
    members: samples[0]?.members ?? null,
    status: window.status(topic)
  }))
}

const recordsOf = (samples: readonly LagSample[], topic: string) =>
  samples.filter((sample) => sample.topic === topic).reduce((sum, { records }) => sum + records, 0)

/** The age of the oldest unread record in seconds; null when that of a partition is not known. */
function secondsOf(samples: readonly LagSample[], topic: string): number | null {
  const ages = samples.filter((sample) => sample.topic === topic).map(({ ageMs }) => ageMs)
  return ages.includes(null) ? null : Math.round(Math.max(0, ...ages.map(Number)) / 1000)
}
