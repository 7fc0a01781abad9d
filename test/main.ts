import { chmodSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { stoppedByNpm } from '../local/parent-process.ts'
import type { ServerName } from '../local/server.ts'
import { CourantError } from '../runtime/errors.ts'
import { type Stack, provideServers, startStack } from '../local/stack.ts'

// `npm test`: every test on real servers; `npm test -- <part of a path>…` those of some files.

interface Group {
  readonly name: string
  readonly suffix: string
  readonly concurrency: number
  readonly needsServers: boolean
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const groups: readonly Group[] = [
  { name: 'unit', suffix: '.unit.test.ts', concurrency: 2, needsServers: false },
  { name: 'integration', suffix: '.int.test.ts', concurrency: 2, needsServers: true },
  { name: 'end to end', suffix: '.e2e.test.ts', concurrency: 2, needsServers: true }
]
const shared: readonly ServerName[] = ['kafka', 'registry', 'cassandra', 'postgres', 'minio', 'azurite']
const longestTestMs = 25 * 60_000

const dataDir = mkdtempSync(join(tmpdir(), 'courant-tests-'))
// PostgreSQL enters it as another user when we are root.
chmodSync(dataDir, 0o755)
let stack: Stack | null = null

const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(filters: readonly string[]): Promise<number> {
  const files = globSync('test/**/*.test.ts').filter(
    (file) => filters.length === 0 || filters.some((filter) => file.includes(filter))
  )
  const total: Counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    // Asked first, while somebody is still looking.
    if (files.some((file) => !file.endsWith('.unit.test.ts'))) await provideServers(shared, say)
    for (const group of groups) {
      const own = files.filter((file) => file.endsWith(group.suffix)).sort()
      if (own.length === 0) continue
      if (group.needsServers) stack ??= await startShared()
      say(`\n${group.name}: ${own.length} files`)
      await runGroup(group, own, total)
    }
  } catch (error) {
    await stopAndTidy(true)
    throw error
  }
  await stopAndTidy(total.failed > 0)
  say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  if (total.passed + total.failed === 0) say('no test ran')
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

/** Test files inherit the endpoints through this process's environment. */
async function startShared(): Promise<Stack> {
  const env = { ...process.env, COURANT_DATA_DIR: dataDir }
  const started = await startStack({ servers: shared, ports: 'free', env, report: say })
  Object.assign(process.env, started.env)
  return started
}

async function runGroup(group: Group, files: string[], total: Counts): Promise<void> {
  const { concurrency } = group
  const execArgv = ['--import', join(import.meta.dirname, 'support/stop-with-parent.ts')]
  const results = run({ files, concurrency, execArgv, timeout: longestTestMs })
  results.on('test:summary', ({ file, counts }) => {
    // Without a file it is the sum of the group.
    if (file !== undefined) return
    total.passed += counts.passed
    total.failed += counts.tests - counts.passed - counts.skipped - counts.todo
    total.skipped += counts.skipped + counts.todo
  })
  for await (const text of results.compose(new spec())) process.stdout.write(String(text))
}

/** After a failure the servers' logs are worth keeping. */
async function stopAndTidy(keepLogs: boolean): Promise<void> {
  await stack?.stop()
  for (const name of readdirSync(dataDir))
    if (name !== 'logs' || !keepLogs) rmSync(join(dataDir, name), { recursive: true, force: true })
  if (keepLogs) say(`server logs: ${join(dataDir, 'logs')}`)
  else rmSync(dataDir, { recursive: true, force: true })
}

async function interrupt(): Promise<void> {
  await stopAndTidy(false)
  process.exit(130)
}

stoppedByNpm(() => void interrupt())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupt())
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof CourantError)) throw error
  say(`${error.message} (${error.code})`)
  process.exitCode = 1
}
