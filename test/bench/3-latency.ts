import { setTimeout as wait } from 'node:timers/promises'
import type { Bench, Findings } from './bench.ts'
import { GoldObserver } from './gold-observer.ts'
import { type Probe, ProbeLoad } from './probe-load.ts'
import { figure } from './markdown-table.ts'
import { quantile } from './quantile.ts'
import { SplitRun } from './split.ts'
import { SocialApplication } from './social-application.ts'

const perSecond = 500
const patienceMs = 60_000

/** How long after a commit in a source the change is in the published Gold tables, at a steady rate. */
export const latency: Bench = {
  number: 3,
  name: 'latency',
  title: 'Commit → Gold row visible',
  servers: ['postgres', 'cassandra', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const { report, isQuick } = context
    const seconds = isQuick ? 10 : 120
    const application = await SocialApplication.create(context, 'latency')
    try {
      const users = isQuick ? 200 : 2000
      const endingAt = new Date(new Date().setUTCHours(0, 0, 0, 0) - 1)
      const history = await application.addSample({ seed: 3, users, days: 2, eventsPerUserDay: 20, endingAt })
      const load = await ProbeLoad.prepare(application.sources, { users: 500, changes: perSecond * seconds })
      const courant = await SplitRun.start(application)
      report('waiting until the history is in Gold')
      await courant.untilQuiet()
      const observer = new GoldObserver(application.analyticsFile)
      const before = { cpuSeconds: courant.cpuSeconds(), atMs: performance.now() }
      report(`${perSecond} changes a second for ${seconds} s`)
      const probes = await observed(observer, load, { seconds })
      const share = ((courant.cpuSeconds() - before.cpuSeconds) * 1000) / (performance.now() - before.atMs)
      const peaks = [...courant.peaksMb()].map(([part, mb]) => `${figure(mb)} (${part})`)
      await courant.stop()
      return {
        setting: [
          `${perSecond} changes a second for ${seconds} s over ${history.toLocaleString('en-US')} rows of history, half of them messages in Cassandra, half of them notification states in PostgreSQL.`,
          'The pipelines run in five processes: producers, cleaning, Bronze, Silver and Gold. A change counts from just before it is sent until an observer in another process, who opens each newly published analytics.duckdb read-only, has read its effect.'
        ],
        tables: [{ rows: ['PostgreSQL', 'Cassandra'].map((source) => latencyRow(source, probes)) }],
        verdicts: verdicts(probes, { share, peaks })
      }
    } finally {
      await application.remove()
    }
  }
}

/** Looks at Gold while the changes happen, and on until all are seen or patience ends. */
async function observed(
  observer: GoldObserver,
  load: ProbeLoad,
  { seconds }: { seconds: number }
): Promise<readonly Probe[]> {
  const look = async () => {
    const gold = await observer.newlyPublished()
    if (gold) load.see(gold)
    else await wait(10)
  }
  const happening = load.run({ perSecond, seconds })
  const overMs = performance.now() + seconds * 1000
  while (performance.now() < overMs) await look()
  await happening
  const deadline = performance.now() + patienceMs
  while (load.unseen() > 0 && performance.now() < deadline) await look()
  return load.probes
}

function latencyRow(source: string, probes: readonly Probe[]): Record<string, string | number> {
  const own = probes.filter((probe) => probe.source === source)
  const seconds = secondsOf(own)
  return {
    source,
    changes: own.length,
    'p50 s': quantile(seconds, 0.5),
    'p95 s': quantile(seconds, 0.95),
    'max s': quantile(seconds, 1),
    'never seen': own.length - seconds.length
  }
}

/** Sorted, of those that were seen. */
function secondsOf(probes: readonly Probe[]): number[] {
  return probes
    .flatMap(({ sentAtMs, seenAtMs }) => (seenAtMs === null ? [] : [(seenAtMs - sentAtMs) / 1000]))
    .sort((a, b) => a - b)
}

function verdicts(probes: readonly Probe[], cost: { share: number; peaks: readonly string[] }): string[] {
  const seconds = secondsOf(probes)
  const unseen = probes.length - seconds.length
  return [
    `p50 is ${figure(quantile(seconds, 0.5))} s and p95 ${figure(quantile(seconds, 0.95))} s over both sources (wanted: p95 under 5 s); ${unseen} changes were never seen.`,
    `Meanwhile the processes took ${figure(cost.share)} cores together, and peaked at these MB: ${cost.peaks.join(', ')} (wanted: each under 500).`
  ]
}
