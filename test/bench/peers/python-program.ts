import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment } from '../../../runtime/settings.ts'
import { MeasuredProcess } from '../measured-process.ts'

/** Starts one of the scripts beside this folder; the last line it prints is JSON about what it did. */
export function startPython(
  python: string,
  { script, args, env, folder }: { script: string; args: readonly string[]; env: Environment; folder: string }
): MeasuredProcess {
  return new MeasuredProcess({
    command: python,
    args: [fileURLToPath(new URL(`../python/${script}`, import.meta.url)), ...args],
    env: env as Record<string, string>,
    logFile: join(folder, `${script}.log`)
  })
}

/** What the script said in its last line. */
export function lastJson(process: MeasuredProcess): Record<string, unknown> {
  return JSON.parse(process.logText().trimEnd().split('\n').at(-1) ?? '{}') as Record<string, unknown>
}
