import { complain, print, printRows } from '../../cli/verb/output.ts'
import { withConnection } from '../../cli/verb/with-connection.ts'
import { cvFiles } from '../../processors/cv-jobs/cv-files.ts'
import { CourantError } from '../../runtime/errors.ts'
import { createLog, logLevel, MetricsRegistry } from '../../runtime/observability.ts'
import { contextFor } from '../../runtime/loop/run-all.ts'
import { jobStore } from '../../sinks/cv-jobs/index.ts'
import type { JobStore } from '../../sinks/cv-jobs/job-store.ts'
import { isJobId } from './job-id.ts'
import { JobQueue } from './job-queue.ts'

interface Service {
  readonly jobs: JobStore
  readonly queue: JobQueue
}

const needed = [...(jobStore.settings ?? []), ...(cvFiles.settings ?? [])]

/** Does something with the jobs of the service, which need not be running. */
const withJobs = (work: (service: Service) => Promise<void>): Promise<void> =>
  withConnection(async () => {
    const logger = createLog(process.env[logLevel.env] ?? 'warn')
    const context = contextFor('cv', { env: process.env, logger, metrics: new MetricsRegistry() })
    const jobs = await jobStore.open(context)
    try {
      await work({ jobs, queue: new JobQueue({ context, jobs, files: await cvFiles.open(context) }) })
    } finally {
      await jobs.close()
    }
  }, needed)

/** `courant cv callbacks`: every attempt to tell a caller, or one more. */
export const callbacks = (id: string, { json, redeliver }: { json?: boolean; redeliver?: boolean }) =>
  withJobs(async ({ jobs, queue }) => {
    const job = isJobId(id) ? await queue.view(id) : null
    if (!job) throw new CourantError('CONFIG_INVALID', `There is no job ${id}, or it was erased`)
    if (redeliver) {
      await queue.redeliver(id)
      return print('One more attempt is queued, with the same webhook-id: `deliver-callbacks` makes it.')
    }
    const attempts = await jobs.attempts(id)
    const rows = attempts.map(({ attempt, at, status, problem }) => ({
      attempt,
      at: at.toISOString(),
      status,
      outcome: problem ?? 'taken'
    }))
    printRows(rows, { ...(json !== undefined && { json }), none: 'No attempt was made.' })
  })

/** `courant cv erase`: what is kept of jobs, or of all that were read to an address. Says what was removed. */
export const erase = (ids: readonly string[], { email }: { email?: string }) =>
  withJobs(async ({ jobs, queue }) => {
    if ((ids.length === 0) === (email === undefined))
      throw new CourantError('CONFIG_INVALID', 'Name jobs, or --email with an address; not both')
    const found = email === undefined ? ids : await jobs.ofEmail(email)
    if (found.length === 0) print('Nothing that was read has this address.')
    for (const id of found) await eraseOne(id, queue)
    if (email !== undefined)
      complain('Jobs that have not ended are not known by their address: repeat this once `lag` is 0.')
  })

async function eraseOne(id: string, queue: JobQueue): Promise<void> {
  const job = isJobId(id) ? await queue.view(id) : null
  if (job) await queue.cancel(id)
  const removed = job && (await queue.erase(id, job.priority))
  if (removed) return print(`${id}: removed ${removed.join(', ')}`)
  complain(
    job ? `${id} is running: wait for its end, and try again` : `There is no job ${id}, or it was erased`
  )
  process.exitCode = 1
}
