import { setTimeout as wait } from 'node:timers/promises'
import type { Log, Metrics } from '../runtime/pipeline.ts'
import type { Connection } from './connection.ts'
import { type LagSample, LagWindow, lagStatuses, sampleLags } from './lag.ts'

/** A group whose lag is published, under the metrics of its pipeline. */
export interface WatchedGroup {
  readonly name: string
  readonly topics: readonly string[]
  readonly metrics: Metrics
  /** Another name for the age of its oldest unread record, by what that means to people. */
  readonly ageGauge?: string
}

/**
 * Publishes the lag of groups until the signal, and never rejects: `lag_records` and `lag_seconds` by topic, and `lag_status` as the place
 * in the order UNKNOWN, OK, WARN, STALL, STOP, REWIND. What cannot be told is NaN, never zero.
 */
export async function publishLag(
  groups: readonly WatchedGroup[],
  options: { connection: Connection; log: Log; signal: AbortSignal; everyMs?: number; withinMs?: number }
): Promise<void> {
  const { connection, log, signal, everyMs = 15_000, withinMs = 60_000 } = options
  const watched = groups.map((group) => ({ group, window: new LagWindow() }))
  const reading = groups.map(({ name, topics }) => ({ group: name, topics }))
  while (!signal.aborted) {
    // Brokers that are silent take long over each of dozens of groups: what is not known by then is told as unknown.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
    const sampled = await sampleLags(connection, reading, patience)
    if (signal.aborted) return
    for (const [index, { group, window }] of watched.entries()) {
      const result = sampled[index]
      const samples = result?.status === 'fulfilled' ? result.value : []
      window.add(samples)
      publish(group, samples)
      if (result?.status === 'rejected')
        log.debug({ err: result.reason, group: group.name }, 'lag is unknown')
      // Not what it was when somebody still told.
      const status = samples.length > 0 ? window.status() : 'UNKNOWN'
      group.metrics.gauge('lag_status', lagStatuses.indexOf(status))
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

function publish({ topics, metrics, ageGauge }: WatchedGroup, samples: readonly LagSample[]): void {
  if (ageGauge) metrics.gauge(ageGauge, oldestSeconds(samples))
  for (const topic of topics) {
    const own = samples.filter((sample) => sample.topic === topic)
    const records = own.reduce((sum, sample) => sum + sample.records, own.length > 0 ? 0 : Number.NaN)
    metrics.gauge('lag_records', records, { topic })
    metrics.gauge('lag_seconds', oldestSeconds(own), { topic })
  }
}

function oldestSeconds(samples: readonly LagSample[]): number {
  const ages = samples.map(({ ageMs }) => ageMs ?? Number.NaN)
  return ages.length > 0 ? Math.max(...ages) / 1000 : Number.NaN
}
