import type { TestContext } from 'node:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CourantProcess } from './courant-process.ts'
import { eventually } from './eventually.ts'
import { temporaryFolder } from './stack.ts'

/** Somebody in whose environment nothing is set; what the commands write goes to a folder of the test. */
export function newcomer(t: TestContext): {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
} {
  const folder = temporaryFolder(t)
  // Here neither: a child inherits it.
  for (const name of Object.keys(process.env))
    if (/^(PG|MINIO_|AZURE_|COURANT_(?!CACHE_DIR))/.test(name)) delete process.env[name]
  const env = {
    ...(process.env as Record<string, string>),
    COURANT_DATA_DIR: folder,
    COURANT_STATE_DIR: join(folder, 'state'),
    COURANT_ODS_CACHE_DIR: join(folder, 'cache'),
    COURANT_GOLD_DIR: join(folder, 'gold'),
    COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
    COURANT_LAKE_URL: join(folder, 'lake'),
    COURANT_OPERATOR_PORT: '0'
  }
  return { folder, env }
}

/** `courant up` in a process of its own, once the servers are up; returns the file with their addresses. */
export async function courantUp(
  t: TestContext,
  { folder, env }: { folder: string; env: Readonly<Record<string, string>> },
  ...args: string[]
): Promise<string> {
  const up = new CourantProcess('up', { args: ['up', ...args], env, logFile: join(folder, 'up.log') })
  up.start()
  t.after(() => up.end('SIGTERM'))
  const file = join(folder, 'stack.env')
  // As long as it says something new, it gets on.
  const isUp = () => {
    if (existsSync(file)) return true
    throw new Error(up.output().trimEnd().split('\n').at(-1))
  }
  await eventually(isUp, { timeoutMs: 120_000, what: 'the local stack is up' })
  return file
}
