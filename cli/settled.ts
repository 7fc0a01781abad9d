import { setTimeout as wait } from 'node:timers/promises'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { PipelineStatus } from '../runtime/run-all.ts'
import type { Settings } from '../runtime/settings.ts'
import { goldPipeline } from '../sinks/gold/index.ts'
import { publishedOffsets } from '../sinks/warehouse/gold-preview.ts'
import { connectionFor } from '../topics/connection.ts'
import type { KafkaAdmin } from '../topics/kafka/port.ts'

interface SettledOptions {
  readonly settings: Settings
  readonly status: readonly PipelineStatus[]
  readonly signal: AbortSignal
}

const askEveryMs = 500

/**
 * Resolves once producers have caught up and no pipeline has anything left to read, seen twice in a row with nothing
 * written in between; or when the signal aborts.
 */
export async function untilSettled(
  pipelines: readonly AnyPipeline[],
  options: SettledOptions
): Promise<void> {
  const { settings, status, signal } = options
  const admin = await connectionFor(settings).kafka.admin()
  try {
    let before = -1
    while (!signal.aborted) {
      const { unread, written } = await backlog(pipelines, admin)
      const isQuiet = unread === 0 && status.every(({ caughtUp }) => caughtUp)
      if (isQuiet && written === before) return
      before = isQuiet ? written : -1
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await admin.close()
  }
}

/** Records that some pipeline has yet to commit, and records ever written to the topics they read. */
async function backlog(
  pipelines: readonly AnyPipeline[],
  admin: KafkaAdmin
): Promise<{ unread: number; written: number }> {
  const names = new Set(pipelines.flatMap(({ reads }) => reads))
  const offsets = new Map(
    await Promise.all([...names].map(async (name) => [name, await admin.offsets(name)] as const))
  )
  const unread = await Promise.all(
    pipelines
      .filter(({ reads }) => reads.length > 0)
      .map(async ({ name, reads }) => {
        const committed = await admin.committed(name, reads)
        return reads
          .flatMap((topic) => offsets.get(topic) ?? [])
          .map(({ topic, partition, low, high }) => {
            const at = committed.find((offset) => offset.topic === topic && offset.partition === partition)
            return Math.max(0, high - Math.max(low, at?.offset ?? 0))
          })
      })
  )
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return { unread: sum(unread.flat()), written: sum([...offsets.values()].flat().map(({ high }) => high)) }
}

/**
 * Resolves once the published Gold contains all that its pipeline has committed, or when the signal aborts: figures are
 * published a moment after they are computed.
 */
export async function untilGoldPublished(settings: Settings, signal: AbortSignal): Promise<void> {
  const admin = await connectionFor(settings).kafka.admin()
  try {
    const committed = await admin.committed(goldPipeline.name, goldPipeline.reads)
    while (!signal.aborted) {
      // Before the first publication there is no file to look into.
      const published = await publishedOffsets(settings).catch(() => new Map<string, number>())
      if (committed.every((at) => (published.get(`${at.topic}/${at.partition}`) ?? 0) >= at.offset)) return
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await admin.close()
  }
}
