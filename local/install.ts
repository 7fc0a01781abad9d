import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../runtime/errors.ts'
import { withLock } from './lock.ts'
import type { Report, Server } from './server.ts'

export function isInstalled(server: Server, cacheDir: string): boolean {
  return existsSync(server.installedIn(cacheDir))
}

/** Installs a server unless it is there, and gives its folder; processes that need the same one wait for the first. */
export async function install(server: Server, cacheDir: string, report: Report): Promise<string> {
  const folder = server.installedIn(cacheDir)
  await installOnce(folder, async (unfinished) => {
    const begunAt = performance.now()
    await retried(() => server.install(unfinished, report), report)
    report(`installed in ${((performance.now() - begunAt) / 1000).toFixed(1)} s`)
  })
  return folder
}

const attempts = 3
const pauseMs = 3000

/** Registries and networks have their moments: what fails is tried again, a few times. */
async function retried(work: () => Promise<void>, report: Report): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await work()
      return
    } catch (error) {
      if (attempt === attempts || !(error instanceof CourantError)) throw error
      report(`${error.message}; trying again`)
      await wait(pauseMs * attempt)
    }
}

/** Fills a folder under another name and renames it, so that a half installation is never taken for a whole one. */
export async function installOnce(
  folder: string,
  fill: (unfinished: string) => Promise<void>
): Promise<void> {
  if (existsSync(folder)) return
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return
    removeUnfinished(folder)
    const unfinished = `${folder}.unfinished-${process.pid}`
    mkdirSync(unfinished, { recursive: true })
    try {
      await fill(unfinished)
      // Nothing in it is secret, and PostgreSQL runs as another user where we are root.
      await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished])
      renameSync(unfinished, folder)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  })
}

function removeUnfinished(folder: string): void {
  const parent = dirname(folder)
  for (const name of readdirSync(parent))
    if (name.startsWith(`${basename(folder)}.unfinished-`))
      rmSync(join(parent, name), { recursive: true, force: true })
}
