import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ServerName } from '../../local/server.ts'
import { servers } from '../../local/servers.ts'
import { type Stack, startStack } from '../../local/stack.ts'

/**
 * The environment with the endpoints of the servers that all integration tests share (`npm test` starts them); fails
 * with what to do when one is not there. Use databases, topics and buckets of your own: others work on it too.
 */
export function sharedStack(...names: readonly ServerName[]): Readonly<Record<string, string>> {
  const absent = names.map((name) => servers[name].replacedBy).filter((variable) => !process.env[variable])
  if (absent.length > 0)
    throw new Error(
      `${absent.join(', ')} not set: run \`npm test -- <file>\`, or \`courant up\` and node --env-file=.courant/stack.env --test <file>`
    )
  return process.env as Record<string, string>
}

/** Servers for one test alone, which may kill them; on free ports and empty data, stopped and removed after the test. */
export async function ownStack(t: TestContext, ...names: readonly ServerName[]): Promise<Stack> {
  const folder = makeFolder()
  const report = (line: string) => t.diagnostic(line)
  const starting = startStack({ servers: names, ports: 'free', env: ownEnv(folder), report })
  t.after(async () => {
    await starting.then((stack) => stack.stop()).catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  })
  return starting
}

/** The environment without the shared endpoints, for a stack of one's own on a data folder. */
export function ownEnv(dataDir: string): Record<string, string | undefined> {
  const replaced = new Set(Object.values(servers).map((server) => server.replacedBy))
  const others = Object.entries(process.env).filter(([name]) => !replaced.has(name))
  return { ...Object.fromEntries(others), COURANT_DATA_DIR: dataDir }
}

/** An empty folder, removed after the test; other users may enter it, as PostgreSQL does when we are root. */
export function temporaryFolder(t: TestContext): string {
  const folder = makeFolder()
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'courant-test-'))
  chmodSync(folder, 0o755)
  return folder
}
