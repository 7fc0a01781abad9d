import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isAbsent } from '../../runtime/files/durable-files.ts'
import { checkSettings, settingsFrom } from '../../runtime/settings.ts'
import { odsSettings } from '../../sinks/ods/settings.ts'
import { atLeastOne } from '../../cli/verb/arguments.ts'
import { print, printRows } from '../../cli/verb/output.ts'
import { type Output, outputOption } from './output-option.ts'

interface CleanOptions {
  readonly days: number
  readonly dryRun?: boolean
  readonly output: Output
}

interface OldRun {
  readonly table: string
  readonly run: string
  readonly bytes: number
  readonly days: number
}

const dayMs = 86_400_000

/** `courant etl cache clean --days N`: removes runs from the Parquet cache that are older than that. */
export function cacheCommand(etl: Command): void {
  etl
    .command('cache')
    .description('look after the Parquet cache of runs')
    .command('clean')
    .description('remove runs that are older than a number of days')
    .requiredOption('--days <number>', 'how old a run may become', atLeastOne)
    .option('--dry-run', 'only list what would be removed')
    .addOption(outputOption())
    .action(clean)
}

async function clean({ days, dryRun = false, output }: CleanOptions): Promise<void> {
  checkSettings([odsSettings.cacheDir], process.env)
  const cacheDir = settingsFrom(process.env).text(odsSettings.cacheDir)
  const old = await runsBefore(cacheDir, new Date(Date.now() - days * dayMs))
  if (!dryRun)
    for (const { table, run } of old) await rm(join(cacheDir, table, run), { recursive: true, force: true })
  printRows(
    old.map((run) => ({ ...run })),
    { json: output === 'json', none: `${cacheDir} has no run of more than ${days} × 24 hours.` }
  )
  if (output === 'json' || old.length === 0) return
  const bytes = old.reduce((sum, run) => sum + run.bytes, 0)
  print(
    `\n${old.length} runs, ${(bytes / 1e6).toFixed(1)} MB ${dryRun ? 'would be removed (dry run)' : 'removed'}`
  )
}

/** Runs last written before a time, half ones that a killed process left included. */
async function runsBefore(cacheDir: string, before: Date): Promise<OldRun[]> {
  const found: OldRun[] = []
  for (const table of await namesIn(cacheDir))
    for (const run of await namesIn(join(cacheDir, table))) {
      const { bytes, writtenAt } = await sizeOf(join(cacheDir, table, run))
      const days = Math.floor((Date.now() - writtenAt.getTime()) / dayMs)
      if (writtenAt < before) found.push({ table, run, bytes, days })
    }
  return found
}

async function sizeOf(folder: string): Promise<{ bytes: number; writtenAt: Date }> {
  let bytes = 0
  let writtenAt = (await stat(folder)).mtime
  for (const name of await namesIn(folder)) {
    const file = await stat(join(folder, name))
    bytes += file.size
    if (file.mtime > writtenAt) writtenAt = file.mtime
  }
  return { bytes, writtenAt }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return []
    throw error
  }
}
