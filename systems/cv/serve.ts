import { setTimeout as sleep } from 'node:timers/promises'
import { untilStopped, untilStopSignal } from '../../cli/verb/stop-signal.ts'
import { withConnection } from '../../cli/verb/with-connection.ts'
import { listenOn } from '../../edge/listening.ts'
import { operatorSettings, serveOperator } from '../../edge/operator.ts'
import { cvFiles } from '../../processors/cv-jobs/cv-files.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { createLog, logLevel, MetricsRegistry } from '../../runtime/observability.ts'
import type { Log, Spec } from '../../runtime/pipeline.ts'
import { retryTransient } from '../../runtime/retry.ts'
import { contextFor } from '../../runtime/run-all.ts'
import { jobStore } from '../../sinks/cv-jobs/index.ts'
import type { JobStore } from '../../sinks/cv-jobs/job-store.ts'
import { JobQueue } from './job-queue.ts'
import { buildQueueApi, cvHost, cvPort, queueApiSettings } from './queue-api.ts'

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

const sweepMs = 3_600_000
/** Longer than any upload takes to become a job. */
const orphanMs = 24 * 3_600_000

/** Now and then, removes files whose request was never published: the client was told to come again. */
async function sweep(
  { files, jobs, log }: { readonly files: ObjectStore; readonly jobs: JobStore; readonly log: Log },
  signal: AbortSignal
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { name } of files.list('uploads/')) {
        if (signal.aborted) return
        if (await isOrphan(name, files, jobs)) await files.delete(name)
      }
    } catch (error) {
      log.warn({ err: error }, 'files that nobody waits for could not be removed; tried again in an hour')
    }
    await sleep(sweepMs, undefined, { signal }).catch(() => undefined)
  }
}

async function isOrphan(name: string, files: ObjectStore, jobs: JobStore): Promise<boolean> {
  const info = await files.head(name)
  if (!info || Date.now() - info.modifiedAt.getTime() < orphanMs) return false
  return (await jobs.view(name.slice('uploads/'.length))) === null
}
