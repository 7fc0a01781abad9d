import { setTimeout as sleep } from 'node:timers/promises'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Log } from '../../runtime/pipeline.ts'
import type { JobStore } from '../../sinks/cv-jobs/job-store.ts'
import { isJobId } from './job-id.ts'

const sweepMs = 3_600_000
/** Longer than any upload takes to become a job. */
const orphanMs = 24 * 3_600_000

/** Now and then, removes files whose request was never published: the client was told to come again. */
export async function sweep(
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

/**
 * Whether nobody waits for a file any more: its job was never published, or is erased, as where an upload with the key of
 * an erased job brought the file back.
 */
export async function isOrphan(
  name: string,
  files: Pick<ObjectStore, 'head'>,
  jobs: Pick<JobStore, 'view'>
): Promise<boolean> {
  const jobId = name.slice('uploads/'.length)
  // Not ours, as of the service before in the same bucket: it stays.
  if (!isJobId(jobId)) return false
  const info = await files.head(name)
  if (!info || Date.now() - info.modifiedAt.getTime() < orphanMs) return false
  const job = await jobs.view(jobId)
  return job === null || job.state === 'erased'
}
