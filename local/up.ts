import { setTimeout as wait } from 'node:timers/promises'
import { dataDirFrom } from './folders.ts'
import { stoppedByNpm } from './parent-process.ts'
import type { Report, ServerName } from './server.ts'
import { type Stack, stackHolder, startStack } from './stack.ts'
import { removeStackEnv, stackEnvFile, writeStackEnv } from './stack-env.ts'

const stopWithinMs = 60_000

interface UpOptions {
  readonly servers: readonly ServerName[]
  readonly report: Report
  /** What the servers are filled with before they count as up. */
  readonly fill?: (stack: Stack) => Promise<void>
}

/**
 * Starts servers, writes `<data>/stack.env`, prints it, and resolves when they have been stopped by SIGINT, SIGTERM or
 * the end of npm. Throws what `startStack` throws.
 */
export async function up({ servers, report, fill }: UpOptions): Promise<void> {
  const dataDir = dataDirFrom(process.env)
  const npmGone = new Promise<string>((resolve) => stoppedByNpm(() => resolve('npm is gone')))
  const stack = await startStack({ servers, report, dataDir, keepOthers: fill === undefined })
  try {
    const asked = Promise.race([npmGone, received('SIGINT'), received('SIGTERM')])
    await Promise.race([fill?.(stack), asked])
    const lines = writeStackEnv(dataDir, stack.servers)
    report(
      `\n${lines.map(withoutSecret).join('\n')}\n\nAll of it is in ${stackEnvFile(dataDir)}. Ctrl-C stops everything.`
    )
    report(`stopping: ${await asked}`)
  } finally {
    removeStackEnv(dataDir)
    await stack.stop()
  }
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

/** What is printed ends in logs and on screens that others see. */
const withoutSecret = (line: string): string => line.replace(/^(\w*(?:PASSWORD|SECRET)\w*)=.*/, '$1=…')

// Before everything runs, these signals end us at once and the servers with us.
async function received(signal: NodeJS.Signals): Promise<string> {
  return new Promise((resolve) => process.once(signal, () => resolve(signal)))
}
