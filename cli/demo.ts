import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import { deleteDataFolder } from '../local/data-folder.ts'
import { dataDirFrom } from '../local/folders.ts'
import { stoppedByNpm } from '../local/parent-process.ts'
import { stackHolder, startStack } from '../local/stack.ts'
import { removeStackEnv, writeStackEnv } from '../local/stack-env.ts'
import { CourantError } from '../runtime/errors.ts'
import { createLog, logLevel } from '../runtime/observability.ts'
import { sharedSettings } from '../runtime/loop/run-all.ts'
import { loadedSystems } from '../systems/loaded.ts'
import type { OpenSample, Sample } from '../systems/system.ts'
import { closeConnections } from '../topics/connection.ts'
import { columns } from './verb/columns.ts'
import { ageGauges, declaredForPages, pipelinesNamed } from './pipelines.ts'
import { ProgressLine } from './verb/progress-line.ts'
import { startLiveRun } from './verb/live-run.ts'
import { untilSettled } from './settled.ts'
import { StageWatch } from './stages.ts'
import { type StopSignal, untilStopSignal } from './verb/stop-signal.ts'
import { applyTopics } from './topics.ts'

const newThingsPerSecond = 10

/**
 * `courant demo`: the whole system on this machine, from empty servers to Gold, and live until Ctrl-C. On servers of
 * somebody's own it writes only to tables that it made itself.
 */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .option('--once', 'end once everything has caught up')
    .option('--fresh', 'forget the data of earlier demos first')
    .action((options: { once?: boolean; fresh?: boolean }) => demo(options))
}

async function demo({ once = false, fresh = false }: { once?: boolean; fresh?: boolean }): Promise<void> {
  const begunAt = performance.now()
  const dataDir = dataDirFrom(process.env)
  if (fresh) forget(dataDir)
  const sample = sampleShown()
  for (const [name, value] of Object.entries(sample.settings(dataDir))) process.env[name] ??= value
  const npmGone = new Promise<void>((resolve) => stoppedByNpm(resolve))
  // While servers are installed and started, a signal ends us at once, and the kernel ends them with us.
  const stack = await startStack({
    servers: sample.servers,
    dataDir,
    report: say
  })
  const stop = untilStopSignal()
  void npmGone.then(() => stop.stop())
  stop.signal.addEventListener('abort', () => say('stopping   pipelines first, then the servers'))
  try {
    Object.assign(process.env, stack.env)
    // For `courant lag` and others in a second terminal.
    writeStackEnv(dataDir, stack.servers)
    say(
      `lake       written to the folder ${process.env['COURANT_LAKE_URL']} through the same interface as MinIO`
    )
    await runDemo({ sample, stop, once, begunAt })
  } finally {
    await closeConnections()
    removeStackEnv(dataDir)
    await stack.stop()
  }
}

/** The first system's that has one. */
function sampleShown(): Sample {
  const found = loadedSystems.find(({ sample }) => sample !== undefined)?.sample
  if (!found) throw new CourantError('CONFIG_INVALID', 'No system has a sample to show')
  return found
}

function forget(dataDir: string): void {
  if (stackHolder(dataDir) !== null)
    throw new CourantError(
      'CONFIG_INVALID',
      `Servers run on ${dataDir}: stop them first with \`courant down\``
    )
  deleteDataFolder(dataDir)
}

async function runDemo({
  sample,
  stop,
  once,
  begunAt
}: {
  sample: Sample
  stop: StopSignal
  once: boolean
  begunAt: number
}): Promise<void> {
  const settings = sharedSettings(process.env)
  const pipelines = pipelinesNamed([])
  const open = await sample.open(settings)
  try {
    // First of all: it refuses sources that hold somebody's own data.
    await open.fillOnce(say)
    if (stop.signal.aborted) return
    say('topics     applying the catalogue')
    await applyTopics(settings)
    if (stop.signal.aborted) return
    const live = await startLiveRun(pipelines, {
      signal: stop.signal,
      logger: createLog(settings.text(logLevel), logFile()),
      onFailure: 'stop all',
      ageGauges,
      declared: declaredForPages
    })
    const watch = new StageWatch(sample.stages, pipelines, live.metrics)
    const settled = untilSettled(pipelines, { ...live, signal: stop.signal })
    await Promise.race([caughtUp(watch, settled), live.done])
    if (!stop.signal.aborted) await tell(watch, { open, url: live.url, begunAt })
    if (!once && !stop.signal.aborted)
      await Promise.race([stayLive(watch, { open, signal: stop.signal }), live.done])
    stop.stop()
    await live.done
  } finally {
    stop.stop()
    await open.close()
  }
}

/** Shows progress each second until everything has caught up. */
async function caughtUp(watch: StageWatch, settled: Promise<void>): Promise<void> {
  const isSettled = settled.then(() => true)
  while (!(await Promise.race([isSettled, wait(1000, false)])))
    progress.show(`pipeline   ${progressLine(await watch.look())}`)
}

const progressLine = (figures: Awaited<ReturnType<StageWatch['look']>>): string =>
  figures.map(({ stage, rows }) => `${stage} ${rows.toLocaleString('en-US')}`).join('  ')

async function tell(
  watch: StageWatch,
  { open, url, begunAt }: { open: OpenSample; url: string; begunAt: number }
): Promise<void> {
  say(`\ncaught up ${((performance.now() - begunAt) / 1000).toFixed(1)} s after the start\n`)
  const figures = await watch.look()
  if (figures.every(({ rows }) => rows === 0))
    say('Nothing was new: all of it is there from an earlier demo.\n')
  else say(`${columns(figures)}\n`)
  for (const { title, rows } of await open.results()) say(`${title}\n${columns(rows)}\n`)
  say(`pipelines  ${url}\nmetrics    ${url}/metrics`)
  say(`analytics  duckdb -readonly ${process.env['COURANT_ANALYTICS_PATH']}`)
  say(`lake       ${process.env['COURANT_LAKE_URL']}`)
  say(`log        ${logPath()}\n`)
}

async function stayLive(
  watch: StageWatch,
  { open, signal }: { open: OpenSample; signal: AbortSignal }
): Promise<void> {
  say(`live: about ${newThingsPerSecond} new things happen each second; Ctrl-C ends everything`)
  const more = open.goOn({ signal, perSecond: newThingsPerSecond })
  while (!signal.aborted) {
    await wait(2000, undefined, { signal }).catch(() => undefined)
    progress.show(`live       ${progressLine(await watch.look())}`)
  }
  await more
}

const progress = new ProgressLine()
const say = (line: string): void => progress.say(line)

const logPath = () => join(dataDirFrom(process.env), 'logs', 'courant.log')

/** What pipelines log is for who looks for a cause; between the lines of a first look it only puzzles. */
function logFile(): NodeJS.WritableStream {
  mkdirSync(join(dataDirFrom(process.env), 'logs'), { recursive: true })
  return createWriteStream(logPath(), { flags: 'a', mode: 0o600 })
}
