import type { Logger } from 'pino'
import { operatorPages } from '../../dashboard/operator-page.ts'
import type { Declared } from '../../dashboard/site.ts'
import { StatusCollector } from '../../dashboard/status-collector.ts'
import { operatorSettings, reachedAs, type Readiness, serveOperator } from '../../edge/operator.ts'
import { alertingDeadLetters, deadLetterClearMs } from '../../runtime/alerts/dead-letter-alerts.ts'
import { logOf, MetricsRegistry } from '../../runtime/observability.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import {
  type PipelineStatus,
  type RunAllOptions,
  runAll,
  settingsOf,
  sharedSettings
} from '../../runtime/loop/run-all.ts'
import { checkSettings, type Settings } from '../../runtime/settings.ts'
import { alertSettings, teamsAlerts } from '../../runtime/alerts/teams-alerts.ts'
import { topicCatalogue } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import { isAtWork, type PipelineHealth } from '../../topics/health/health.ts'
import { raiseHealthAlerts } from '../../topics/health/health-alerts.ts'
import { HealthWatch } from '../../topics/health/health-watch.ts'
import { LagBook } from '../../topics/health/lag-book.ts'
import { LettersWatch } from '../../topics/health/letters-watch.ts'
import { lagPromise } from '../../topics/health/promise.ts'
import { StatusBoard } from '../../topics/health/status-board.ts'
import { publishStatus, thisProcess } from '../../topics/health/status-publisher.ts'
import { levelText, noticeTexts, reasonText } from '../../topics/health/sentences.ts'
import { publishLag, type WatchedGroup } from '../../topics/lag-metrics.ts'

/** Pipelines that run in this process, with the operator pages beside them. */
export interface LiveRun {
  readonly settings: Settings
  readonly metrics: MetricsRegistry
  readonly status: readonly PipelineStatus[]
  /** Where the operator page is. */
  readonly url: string
  /** Resolves when the pipelines have stopped and the pages are closed; rejects with a failure that was not got over. */
  readonly done: Promise<void>
}

/** What it reads beside what its pipelines do. */
const liveRunSettings = [...operatorSettings, ...alertSettings, deadLetterClearMs, lagPromise]

interface LiveRunOptions extends Pick<RunAllOptions, 'onFailure' | 'onFailed'> {
  readonly signal: AbortSignal
  readonly logger: Logger
  /** What the pages let people look into; these pipelines and the topics of the catalogue unless given. */
  readonly declared?: Declared
  /** Names of their own for the age of the oldest record that a pipeline has not read. */
  readonly ageGauges?: Readonly<Record<string, string>>
}

/** Starts pipelines and serves their pages until the signal, or until none of them works any more. */
export async function startLiveRun(
  pipelines: readonly AnyPipeline[],
  { signal, logger, declared = ofThese(pipelines), ageGauges = {}, ...failing }: LiveRunOptions
): Promise<LiveRun> {
  const { env } = process
  // What is wrong with the settings is said before anything is started.
  checkSettings([...settingsOf(pipelines), ...liveRunSettings], env)
  const settings = sharedSettings(env)
  const connection = connectionFor(settings, logOf(logger, 'kafka'))
  const metrics = new MetricsRegistry()
  const status: PipelineStatus[] = []
  const book = new LagBook()
  const health = new HealthWatch({ pipelines, status, metrics, settings, book })
  const board = new StatusBoard(thisProcess)
  const collector = new StatusCollector({ pipelines, status, metrics, health, book, board })
  // The pages first: if their port is taken, nothing has been started yet.
  const operator = await serveOperator({
    settings,
    metrics,
    isReady: async () => readinessOf(await health.look()),
    pages: operatorPages({ declared, connection, view: () => collector.view(), ...reachedAs(settings) })
  })
  const alerts = teamsAlerts(settings, { log: logOf(logger, 'alerts'), signal })
  const deadLetters = (pipeline: string) =>
    alertingDeadLetters(deadLetterWriter(pipeline), { alerts, pipeline })
  const running = runAll(pipelines, { env, signal, logger, metrics, deadLetters, ...failing })
  status.push(...running.status)
  const watch = new AbortController()
  // Never rejects, and is not waited for: with Kafka down its last question takes a while to fail.
  const letters = new LettersWatch(
    connection,
    metrics,
    pipelines.map(({ name }) => name)
  )
  void publishLag(watchedGroups(pipelines, metrics, ageGauges), {
    connection,
    log: logOf(logger, 'lag'),
    signal: watch.signal,
    book,
    async onLook() {
      raiseHealthAlerts(await health.publish(), alerts)
      await letters.look()
      await board.read(connection, watch.signal)
    }
  })
  const saying = publishStatus({
    connection,
    log: logOf(logger, 'status'),
    signal: watch.signal,
    look: () => health.look()
  })
  const done = untilClosed(running.done, async () => {
    watch.abort()
    await saying
    await operator.close()
  })
  // Whoever awaits it meets the failure; until then it must not count as unhandled.
  done.catch(() => undefined)
  return { settings, metrics, status, url: operator.url, done }
}

const ofThese = (pipelines: readonly AnyPipeline[]): Declared => ({
  pipelines,
  topics: topicCatalogue(pipelines.map(({ name }) => name)),
  systemOf: () => ''
})

/** A pipeline that is late works, and its process need not be kept from anything. */
function readinessOf(all: readonly PipelineHealth[]): Readiness {
  const worth = all.filter(({ level, notices }) => level !== 'keepsUp' || notices.length > 0)
  return {
    isReady: all.every(isAtWork),
    pipelines: worth.map((one) => ({
      name: one.name,
      health: levelText(one, 'en'),
      why: [reasonText(one, 'en'), ...noticeTexts(one, 'en')].filter(Boolean).join(' ')
    }))
  }
}

async function untilClosed(done: Promise<void>, close: () => Promise<void>): Promise<void> {
  try {
    await done
  } finally {
    await close()
  }
}

const watchedGroups = (
  pipelines: readonly AnyPipeline[],
  metrics: MetricsRegistry,
  ageGauges: Readonly<Record<string, string>>
): WatchedGroup[] =>
  pipelines
    .filter(({ reads }) => reads.length > 0)
    .map(({ name, reads }) => {
      const ageGauge = ageGauges[name]
      return { name, topics: reads, metrics: metrics.of(name), ...(ageGauge && { ageGauge }) }
    })
