import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { quantile } from './quantile.ts'

/** What a command costs that asks no server, beside a process of Node that does nothing. */
export const startUp: Bench = {
  number: 11,
  name: 'start-up',
  title: 'A command answers like a command',
  servers: [],
  run
}

const file = promisify(execFile)

/** Tells at the process's end what it cost. */
const told = `data:text/javascript,${encodeURIComponent(`
process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  console.error('cost ' + JSON.stringify({ seconds: (user + system) / 1e6, mb: process.resourceUsage().maxRSS * 1024 / 1e6 }))
})`)}`

interface Cost {
  readonly seconds: number
  readonly mb: number
}

/** CPU seconds and peak memory that are wanted of each. */
const wanted = { '--help': { seconds: 0.25, mb: 100 }, list: { seconds: 0.4, mb: 100 } } as const

async function run({ isQuick, report }: BenchContext): Promise<Findings> {
  const times = isQuick ? 2 : 9
  const bare = await medianOf(times, ['--eval', '0'])
  const rows: Record<string, string | number>[] = [
    { command: 'node, nothing', 'CPU s': bare.seconds, 'peak RSS MB': bare.mb }
  ]
  const verdicts: string[] = []
  for (const [words, { seconds, mb }] of Object.entries(wanted)) {
    report(`courant ${words}`)
    const cost = await medianOf(times, ['cli/main.ts', words])
    rows.push({ command: `courant ${words}`, 'CPU s': cost.seconds, 'peak RSS MB': cost.mb })
    verdicts.push(
      `\`courant ${words}\` takes ${cost.seconds.toFixed(2)} CPU s (wanted: at most ${seconds}) and ${Math.round(cost.mb)} MB (wanted: under ${mb}).`
    )
  }
  return {
    setting: [
      `The median of ${times} runs with a compile cache that an earlier run filled, from source (types are stripped as files load).`
    ],
    tables: [{ rows }],
    verdicts
  }
}

async function medianOf(times: number, words: readonly string[]): Promise<Cost> {
  await costOf(words)
  const costs: Cost[] = []
  for (let time = 0; time < times; time++) costs.push(await costOf(words))
  const median = (of: (cost: Cost) => number) =>
    quantile(
      costs.map(of).sort((a, b) => a - b),
      0.5
    )
  return { seconds: median(({ seconds }) => seconds), mb: median(({ mb }) => mb) }
}

async function costOf(words: readonly string[]): Promise<Cost> {
  const { stderr } = await file(process.execPath, ['--import', told, ...words])
  const line = stderr.split('\n').findLast((each) => each.startsWith('cost ')) ?? ''
  return JSON.parse(line.slice('cost '.length)) as Cost
}
