import { setTimeout as wait } from 'node:timers/promises'
import { join } from 'node:path'
import type { Bench, Findings } from './bench.ts'
import { installPython } from './bench-cache.ts'
import { figure } from './markdown-table.ts'
import { startPython } from './peers/python-program.ts'
import { SocialApplication } from './social-application.ts'
import { type Work, serverCost, watchToEnd } from './work.ts'

const rowsPerUserDay = 21
const secondsPerDay = 86_400

/** One day of the social application as a nightly script does it, beside the stream. */
export const oldWay: Bench = {
  number: 5,
  title: 'The old way: one day by a nightly script',
  servers: ['postgres', 'cassandra', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const { report, servers, isQuick } = context
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
      const scriptServers = serverCost(servers, ['postgres', 'cassandra'])
      const script = await watchToEnd(
        startPython(python, { script: 'daily_elt.py', args, env, folder }),
        rows
      )
      const scriptRow = { ...dayRow('nightly script', script), ...scriptServers() }
      report('measuring the stream over the same rows')
      const streamServers = serverCost(servers, ['postgres', 'cassandra', 'kafka'])
      const stream = await application.runOnce(rows)
      const streamRow = { ...dayRow('Courant, all pipelines', stream), ...streamServers() }
      report('measuring the stream while nothing happens')
      const idleCores = await measureIdle(application, isQuick ? 5000 : 60_000)
      return {
        setting: [
          `${rows.toLocaleString('en-US')} rows in nine tables: ${users.toLocaleString('en-US')} users and one full day of what they did.`,
          'The script (test/bench/python/daily_elt.py) extracts the day, and small tables whole, into Bronze CSV, cleans into Silver Parquet, and computes both Gold tables into Parquet and DuckDB. The stream starts from nothing, and ends when all of it is in Bronze, Silver and Gold. Both pay for their start.'
        ],
        tables: [{ rows: [scriptRow, streamRow] }],
        verdicts: verdicts(script, stream, idleCores)
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

async function measureIdle(application: SocialApplication, forMs: number): Promise<number> {
  const courant = await application.start()
  await application.untilQuiet(courant)
  const before = courant.usage().cpuSeconds
  await wait(forMs)
  const { cpuSeconds } = await courant.stop()
  return (cpuSeconds - before) / (forMs / 1000)
}

function verdicts(script: Work, stream: Work, idleCores: number): string[] {
  const ratio = stream.cpuSeconds / script.cpuSeconds
  return [
    `For the day's rows the stream takes ${figure(ratio)} times the script's CPU (wanted: less than 1).`,
    `Watching for changes costs ${figure(idleCores)} cores beside, ${figure(idleCores * secondsPerDay)} CPU s a day whatever happens; the script has nothing like it, and is up to a day late.`
  ]
}
