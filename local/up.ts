import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { dataDirFrom } from './folders.ts'
import { stoppedByNpm } from './parent-process.ts'
import type { Report, ServerName } from './server.ts'
import { stackHolder, startStack } from './stack.ts'

const stopWithinMs = 60_000

/**
 * Starts servers, writes `<data>/stack.env`, prints it, and resolves when they have been stopped by SIGINT, SIGTERM or
 * the end of npm. Throws what `startStack` throws.
 */
export async function up(options: { servers: readonly ServerName[]; report: Report }): Promise<void> {
  const { report } = options
  const dataDir = dataDirFrom(process.env)
  const envFile = join(dataDir, 'stack.env')
  const npmGone = new Promise<string>((resolve) => stoppedByNpm(() => resolve('npm is gone')))
  const stack = await startStack({ ...options, dataDir })
  const asked = Promise.race([npmGone, received('SIGINT'), received('SIGTERM')])
  const lines = Object.entries(stack.env).map(([name, value]) => `${name}=${value}`)
  writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 })
  report(`\n${lines.join('\n')}\n\nAlso in ${envFile}. Ctrl-C stops everything.`)
  report(`stopping: ${await asked}`)
  await stack.stop()
  rmSync(envFile, { force: true })
}

/** Stops the stack that another process runs on the data folder; false when none does. */
export async function down(report: Report): Promise<boolean> {
  const dataDir = dataDirFrom(process.env)
  const pid = stackHolder(dataDir)
  if (pid === null) return false
  process.kill(pid, 'SIGTERM')
  const deadline = performance.now() + stopWithinMs
  while (stackHolder(dataDir) === pid) {
    if (performance.now() > deadline) {
      report(`process ${pid} did not stop within ${stopWithinMs / 1000} s, killing it and its servers`)
      process.kill(pid, 'SIGKILL')
    }
    await wait(100)
  }
  return true
}

// Before everything runs, these signals end us at once and the servers with us.
async function received(signal: NodeJS.Signals): Promise<string> {
  return new Promise((resolve) => process.once(signal, () => resolve(signal)))
}
