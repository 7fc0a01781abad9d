import { untilStopped, untilStopSignal } from '../../cli/verb/stop-signal.ts'
import { withConnection } from '../../cli/verb/with-connection.ts'
import { listenOn } from '../../edge/listening.ts'
import { operatorSettings, serveOperator } from '../../edge/operator.ts'
import { cvFiles } from '../../processors/cv-jobs/cv-files.ts'
import { createLog, logLevel, MetricsRegistry } from '../../runtime/observability.ts'
import type { Spec } from '../../runtime/pipeline.ts'
import { retryTransient } from '../../runtime/retry.ts'
import { contextFor } from '../../runtime/loop/run-all.ts'
import { jobStore } from '../../sinks/cv-jobs/index.ts'
import { JobQueue } from './job-queue.ts'
import { buildQueueApi, cvHost, cvPort, queueApiSettings } from './queue-api.ts'
import { sweep } from './sweep.ts'

const needed = [
  ...queueApiSettings,
  ...operatorSettings,
  ...(jobStore.settings ?? []),
  ...(cvFiles.settings ?? []),
  logLevel
]

/** `courant cv serve`: takes CVs over HTTP until SIGINT or SIGTERM. */
export const serve = () =>
  withConnection(async (_connection, read) => {
    const { signal } = untilStopSignal()
    const metrics = new MetricsRegistry()
    const context = contextFor('cv', { env: process.env, logger: createLog(read.text(logLevel)), metrics })
    const { settings, log } = context
    const unneeded = Object.keys(process.env).filter((name) => name.startsWith('REDIS_'))
    if (unneeded.length > 0) log.info({ unneeded }, 'jobs wait in Kafka: these settings are not needed')
    const patiently = <T>(spec: Spec<T>) =>
      retryTransient(() => spec.open(context), {
        signal,
        onRetry: (error, tries) => log.warn({ err: error, tries }, `cannot open ${spec.describe} yet`)
      })
    const jobs = await patiently(jobStore)
    try {
      const files = await patiently(cvFiles)
      const queue = new JobQueue({ context, jobs, files })
      const api = buildQueueApi({ settings, log, metrics: context.metrics, queue })
      const operator = await serveOperator({ settings, metrics, isReady: () => !signal.aborted })
      const url = await listenOn(api, { host: settings.text(cvHost), port: cvPort, settings })
      log.info({ url, operatorUrl: operator.url }, 'listening')
      const sweeping = sweep({ files, jobs, log }, signal)
      await untilStopped(signal)
      await Promise.all([api.close(), operator.close(), sweeping])
    } finally {
      await jobs.close()
    }
  }, needed)
