import { setTimeout as wait } from 'node:timers/promises'
import type { MetricsRegistry } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { PipelineStatus } from '../runtime/loop/run-all.ts'
import type { Settings } from '../runtime/settings.ts'
import { loadedSystems } from '../systems/loaded.ts'
import { connectionFor } from '../topics/connection.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import type { KafkaAdmin } from '../topics/kafka/port.ts'

interface SettledOptions {
  readonly settings: Settings
  readonly status: readonly PipelineStatus[]
  readonly metrics: MetricsRegistry
  readonly signal: AbortSignal
}

const askEveryMs = 500

/**
 * Resolves once producers have caught up, no pipeline has anything left to read and no system has more to come,
 * found twice in a row with nothing written in between; or when the signal aborts. One that has failed is not waited for.
 */
export async function untilSettled(
  pipelines: readonly AnyPipeline[],
  options: SettledOptions
): Promise<void> {
  const { settings, status, metrics, signal } = options
  return withAdmin(connectionFor(settings).kafka, async (admin) => {
    let before = -1
    while (!signal.aborted) {
      const working = status.filter(({ state }) => state !== 'failed')
      const asked = pipelines.filter((pipeline) => working.some(({ name }) => name === pipeline.name))
      const { unread, written } = await backlog(asked, admin)
      const isQuiet =
        unread === 0 && working.every(({ caughtUp }) => caughtUp) && !(await isMoreToCome(asked, metrics))
      if (isQuiet && written === before) return
      before = isQuiet ? written : -1
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  })
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

async function isMoreToCome(pipelines: readonly AnyPipeline[], metrics: MetricsRegistry): Promise<boolean> {
  const running = new Set(pipelines.map(({ name }) => name))
  for (const { unsettled } of loadedSystems) if (await unsettled?.(running, metrics)) return true
  return false
}
