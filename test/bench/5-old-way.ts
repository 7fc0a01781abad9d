import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ServerName } from '../../local/server.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { installPython } from './bench-cache.ts'
import { figure } from './markdown-table.ts'
import { startPython } from './peers/python-program.ts'
import { SocialApplication } from './social-application.ts'
import { type Work, serverCost, watchToEnd } from './work.ts'

const rowsPerUserDay = 21
const serversUsed: readonly ServerName[] = ['postgres', 'cassandra', 'kafka']
const secondsPerDay = 86_400
const compareMsByDefault = 600_000

/** One day of the social application as a nightly script does it, beside the stream. */
export const oldWay: Bench = {
  number: 5,
  name: 'old-way',
  title: 'The old way: one day by a nightly script',
  servers: ['postgres', 'cassandra', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const { report, servers } = context
    const python = await installPython(report)
    const application = await SocialApplication.create(context, 'old-way')
    try {
      const startOfToday = new Date().setUTCHours(0, 0, 0, 0)
      const endingAt = new Date(startOfToday - 1)
      const users = Math.max(1, Math.round(context.rows / 4 / rowsPerUserDay))
      const rows = await application.addSample({ seed: 5, users, days: 1, eventsPerUserDay: 20, endingAt })
      report(`measuring the script over ${rows.toLocaleString('en-US')} rows`)
      const { env, folder } = application
      const args = [endingAt.toISOString().slice(0, 10), join(folder, 'old-way')]
      const scriptServers = serverCost(servers, serversUsed)
      const script = await watchToEnd(
        startPython(python, { script: 'daily_elt.py', args, env, folder }),
        rows
      )
      const scriptRow = { ...dayRow('nightly script', script), ...scriptServers() }
      report('measuring the stream over the same rows')
      const streamServers = serverCost(servers, serversUsed)
      const stream = await application.runOnce(rows)
      const streamRow = { ...dayRow('Courant, all pipelines', stream), ...streamServers() }
      const idle = await measureIdle(application, context)
      return {
        setting: [
          `${rows.toLocaleString('en-US')} rows in nine tables: ${users.toLocaleString('en-US')} users and one full day of what they did.`,
          'The script (test/bench/python/daily_elt.py) extracts the day, and small tables whole, into Bronze CSV, cleans into Silver Parquet, and computes both Gold tables into Parquet and DuckDB. The stream starts from nothing, and ends when all of it is in Bronze, Silver and Gold. Both pay for their start.'
        ],
        tables: [{ rows: [scriptRow, streamRow] }],
        verdicts: verdicts(script, stream, idle)
      }
    } finally {
      await application.remove()
    }
  }
}

function dayRow(
  what: string,
  { cpuSeconds, rows, seconds, peakRssMb }: Work
): Record<string, string | number> {
  return {
    what,
    'CPU s': cpuSeconds,
    'µs / row': (cpuSeconds * 1e6) / rows,
    seconds,
    'peak RSS MB': peakRssMb
  }
}

/** What the stream costs on a day on which nothing happens. */
interface Idle {
  /** Polling. */
  readonly cores: number
  /** CPU seconds of one comparison of all tables with what was published, which finds deletes and late rows. */
  readonly comparison: number
}

async function measureIdle(application: SocialApplication, { report, isQuick }: BenchContext): Promise<Idle> {
  const forMs = isQuick ? 10_000 : 60_000
  report('measuring the stream while nothing happens')
  const cores = await idleCores(application, { forMs, compareMs: compareMsByDefault })
  report('measuring it with comparisons')
  const comparing = await idleCores(application, { forMs, compareMs: forMs / 2 })
  return { cores, comparison: Math.max(0, comparing - cores) * (forMs / 2000) }
}

async function idleCores(
  application: SocialApplication,
  { forMs, compareMs }: { forMs: number; compareMs: number }
): Promise<number> {
  const comparing = String(compareMs)
  const courant = await application.start([], {
    COURANT_POSTGRES_COMPARE_MS: comparing,
    COURANT_CASSANDRA_COMPARE_MS: comparing
  })
  await application.untilQuiet(courant)
  await wait(forMs / 2)
  const before = courant.usage().cpuSeconds
  await wait(forMs)
  const { cpuSeconds } = await courant.stop()
  return (cpuSeconds - before) / (forMs / 1000)
}

function verdicts(script: Work, stream: Work, idle: Idle): string[] {
  const ratio = stream.cpuSeconds / script.cpuSeconds
  const polling = idle.cores * secondsPerDay
  const comparing = idle.comparison * ((secondsPerDay * 1000) / compareMsByDefault)
  return [
    `For the day's rows the stream takes ${figure(ratio)} times the script's CPU (wanted: less than 1).`,
    `Besides, watching takes ${figure(idle.cores)} cores, ${figure(polling)} CPU s a day, and comparing every ten minutes ${figure(idle.comparison)} CPU s each time, ${figure(comparing)} a day, whatever happens. The script has nothing like it, and is up to a day late.`,
    `All of it together is what the script costs when it is run every ${figure((secondsPerDay * script.cpuSeconds) / (stream.cpuSeconds + polling + comparing))} s. Run less often, it is cheaper than the stream; run more often, dearer, and still without late rows, updates and deletes.`
  ]
}
