import { setTimeout as wait } from 'node:timers/promises'
import { trickle } from '../../local/sample/trickle.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { figure } from './markdown-table.ts'
import { split, SplitRun } from './split.ts'
import { SocialApplication } from './social-application.ts'
import type { Work } from './work.ts'

const days = 7
const rowsPerUserDay = 21
const livePerSecond = 200

interface Size {
  readonly rows: number
  /** What each stage cost for all rows, each as a process of its own. */
  readonly work: ReadonlyMap<string, Work>
  readonly live: Live
}

/** What the processes cost together once the history is in. */
interface Live {
  /** Cores taken while nothing happens. */
  readonly idleCores: number
  /** Milliseconds of CPU for each thing that happens in the application. */
  readonly cpuMsPerChange: number
  /** Of the largest process. */
  readonly peakRssMb: number
}

/** Whether a row, and a change, costs the same however much there is. */
export const growth: Bench = {
  number: 4,
  name: 'growth',
  title: 'Cost against growth',
  servers: ['postgres', 'cassandra', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const sizes: Size[] = []
    for (const share of context.isQuick ? [0.1, 1] : [0.01, 0.1, 1])
      sizes.push(await measureSize(context, Math.round(context.rows * share)))
    return {
      setting: [
        `The social application with ${sizes.map(({ rows }) => rows.toLocaleString('en-US')).join(', then ')} rows in its nine tables, ${days} days each; more rows by more users.`,
        'First each stage runs over all of it in one process of its own, and what each further row costs is told from the difference between two sizes, so that the start does not count.',
        `Then these processes run together: idle, and with ${livePerSecond} new things a second.`
      ],
      tables: [
        {
          caption: 'CPU in µs for each further row, by stage',
          rows: Object.keys(split).map((stage) => costRow(stage, sizes))
        },
        {
          caption: 'Peak RSS in MB, by stage',
          rows: Object.keys(split).map((stage) => memoryRow(stage, sizes))
        },
        { caption: 'All processes together, after that history', rows: sizes.map(liveRow) }
      ],
      verdicts: verdicts(sizes)
    }
  }
}

async function measureSize(context: BenchContext, wanted: number): Promise<Size> {
  const { report } = context
  const application = await SocialApplication.create(context, `growth-${wanted}`)
  try {
    const users = Math.max(1, Math.round(wanted / days / rowsPerUserDay))
    const endingAt = new Date(new Date().setUTCHours(0, 0, 0, 0) - 1)
    report(`filling the sources with about ${wanted.toLocaleString('en-US')} rows`)
    const rows = await application.addSample({ seed: 4, users, days, eventsPerUserDay: 20, endingAt })
    const work = new Map<string, Work>()
    for (const [stage, names] of Object.entries(split)) {
      report(`measuring ${stage} with ${rows.toLocaleString('en-US')} rows`)
      work.set(stage, await application.runOnce(rows, names))
    }
    report(`measuring live after ${rows.toLocaleString('en-US')} rows`)
    return { rows, work, live: await measureLive(application, context.isQuick ? 8000 : 40_000) }
  } finally {
    await application.remove()
  }
}

async function measureLive(application: SocialApplication, forMs: number): Promise<Live> {
  const courant = await SplitRun.start(application)
  await courant.untilQuiet()
  // Files are compacted, at the second look a minute later, and Gold is published for a while after the last change.
  await wait(3 * forMs)
  const cpuOf = async (during: () => Promise<void>) => {
    const before = courant.cpuSeconds()
    await during()
    return courant.cpuSeconds() - before
  }
  const idleSeconds = await cpuOf(() => wait(forMs))
  const idleCores = idleSeconds / (forMs / 1000)
  const beganAt = performance.now()
  const busySeconds = await cpuOf(async () => {
    await trickle(
      { signal: AbortSignal.timeout(forMs), perSecond: livePerSecond, seed: 4 },
      application.sources
    )
    await courant.untilQuiet()
  })
  const idleShare = (idleCores * (performance.now() - beganAt)) / 1000
  const changes = (livePerSecond * forMs) / 1000
  await courant.stop()
  const peakRssMb = Math.max(...courant.peaksMb().values())
  return { idleCores, cpuMsPerChange: ((busySeconds - idleShare) * 1000) / changes, peakRssMb }
}

function costRow(stage: string, sizes: readonly Size[]): Record<string, string | number | null> {
  const steps = sizes.slice(1).map((size, i) => {
    const before = sizes[i] as Size
    const cpu = (size.work.get(stage)?.cpuSeconds ?? 0) - (before.work.get(stage)?.cpuSeconds ?? 0)
    const micros = (cpu * 1e6) / (size.rows - before.rows)
    return [`${label(before)} → ${label(size)}`, micros] as const
  })
  return { stage, ...Object.fromEntries(steps) }
}

function memoryRow(stage: string, sizes: readonly Size[]): Record<string, string | number | null> {
  const peaks = sizes.map((size) => [label(size), size.work.get(stage)?.peakRssMb ?? null] as const)
  return { stage, ...Object.fromEntries(peaks) }
}

function liveRow({ rows, live }: Size): Record<string, string | number> {
  return {
    'rows of history': rows,
    'idle, cores': live.idleCores,
    'CPU ms / change': live.cpuMsPerChange,
    'peak RSS MB, largest': live.peakRssMb
  }
}

const label = ({ rows }: Size) => rows.toLocaleString('en-US')

function verdicts(sizes: readonly Size[]): string[] {
  const [first, last] = [sizes.at(0), sizes.at(-1)]
  if (!first || !last) return []
  const peak = Math.max(
    ...sizes.flatMap(({ work, live }) => [live, ...work.values()].map(({ peakRssMb }) => peakRssMb))
  )
  return [
    `With ${figure(last.rows / first.rows)} times the history a change costs ${figure(last.live.cpuMsPerChange / first.live.cpuMsPerChange)} times the CPU.`,
    `No process held more than ${figure(peak)} MB (wanted: under 500).`
  ]
}
