import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stoppedByNpm } from '../../local/parent-process.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { CourantError } from '../../runtime/errors.ts'
import { ActivitiesLine } from './activities-line.ts'
import type { Bench, BenchContext } from './bench.ts'
import { postgresSnapshot } from './1-postgres-snapshot.ts'
import { silverParquet } from './2-silver-parquet.ts'
import { latency } from './3-latency.ts'
import { growth } from './4-growth.ts'
import { oldWay } from './5-old-way.ts'
import { ods } from './6-ods.ts'
import { applications } from './7-applications.ts'
import { cv } from './8-cv.ts'
import { lake } from './9-lake.ts'
import { files } from './10-files.ts'
import { startUp } from './11-start-up.ts'
import { sectionText, writeSection } from './benchmarks-page.ts'

const benches: readonly Bench[] = [
  postgresSnapshot,
  silverParquet,
  latency,
  growth,
  oldWay,
  ods,
  applications,
  cv,
  lake,
  files,
  startUp
]

const usage = `npm run bench -- [options] [numbers or names]
${benches.map(({ number, name, title }) => `  ${number}  ${name.padEnd(14)}${title}`).join('\n')}
  --rows N   rows to measure with, 2,000,000 unless told
  --quick    a smoke run of a minute or two; prints, and leaves docs/benchmarks.md as it is
  --dry      prints, and leaves docs/benchmarks.md as it is`

interface Wanted {
  readonly benches: readonly Bench[]
  readonly rows: number
  readonly isQuick: boolean
  readonly isDry: boolean
}

async function main(): Promise<void> {
  const wanted = wantedFrom(process.argv.slice(2))
  const folder = mkdtempSync(join(tmpdir(), 'courant-bench-'))
  // PostgreSQL enters it as another user when we are root.
  chmodSync(folder, 0o755)
  const cleanUps = [async () => rmSync(folder, { recursive: true, force: true })]
  const cleanUp = async () => {
    for (let next = cleanUps.pop(); next; next = cleanUps.pop())
      await next().catch((error: unknown) => report(`not cleaned up: ${String(error)}`))
  }
  const giveUp = () => void cleanUp().finally(() => process.exit(130))
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp)
  stoppedByNpm(giveUp)
  try {
    const stack = await stackOf(wanted.benches, join(folder, 'stack'))
    cleanUps.push(() => stack.stop())
    const context = contextOf(wanted, { stack, folder, cleanUps })
    for (const bench of wanted.benches) await runOne(bench, context, wanted)
  } finally {
    await cleanUp()
  }
}

function contextOf(
  { rows, isQuick }: Wanted,
  { stack, folder, cleanUps }: { stack: Stack; folder: string; cleanUps: (() => Promise<void>)[] }
): BenchContext {
  let activities: Promise<ActivitiesLine> | undefined
  const context: BenchContext = {
    rows,
    isQuick,
    folder,
    report,
    env: { ...process.env, ...stack.env },
    servers: stack.servers,
    async activities() {
      if (!activities) {
        activities = ActivitiesLine.create(context, rows)
        cleanUps.push(async () => (await activities)?.remove())
      }
      return activities
    }
  }
  return context
}

async function runOne(bench: Bench, context: BenchContext, { isDry }: Wanted): Promise<void> {
  const folder = join(context.folder, `bench-${bench.number}`)
  mkdirSync(folder)
  report(`\n${bench.number}. ${bench.title}`)
  const findings = await bench.run({ ...context, folder })
  const text = sectionText(bench, findings, new Date())
  process.stdout.write(`\n${text}\n`)
  if (!isDry) writeSection(bench, text)
  rmSync(folder, { recursive: true, force: true })
}

function stackOf(benches: readonly Bench[], dataDir: string): Promise<Stack> {
  const servers = new Set(benches.flatMap((bench) => bench.servers))
  return startStack({ servers: [...servers], dataDir, ports: 'free', report })
}

function wantedFrom(args: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rows: { type: 'string' }, quick: { type: 'boolean' }, dry: { type: 'boolean' } }
  })
  const isMeant = ({ number, name }: Bench, text: string) => text === String(number) || text === name
  const unknown = positionals.filter((text) => !benches.some((bench) => isMeant(bench, text)))
  const isQuick = values.quick ?? false
  const rows = Number(values.rows ?? (isQuick ? 20_000 : 2_000_000))
  if (unknown.length > 0 || !Number.isInteger(rows) || rows < 1000)
    throw new CourantError(
      'CONFIG_INVALID',
      `Give numbers or names of measurements, and at least 1000 rows.\n${usage}`
    )
  const chosen = benches.filter((bench) => positionals.some((text) => isMeant(bench, text)))
  return {
    benches: chosen.length > 0 ? chosen : benches,
    rows,
    isQuick,
    isDry: isQuick || (values.dry ?? false)
  }
}

function report(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof CourantError ? error.message : (error as Error).stack}\n`)
  // Clients of a server that failed would go on looking for it and keep the process.
  process.exit(1)
}
