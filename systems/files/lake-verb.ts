import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { checkFile, type Progress } from '../../processors/files/check/check-file.ts'
import type { CheckResult } from '../../processors/files/check/result.ts'
import { printedResult } from '../../processors/files/report/printed.ts'
import { qualityJson } from '../../processors/files/report/quality.ts'
import { CourantError } from '../../runtime/errors.ts'
import { visible } from '../../runtime/visible-text.ts'
import { progressLine } from './check-progress.ts'
import { complain, print } from '../../cli/verb/output.ts'

interface CheckOptions {
  readonly output: string
  readonly language: string
}

/** `courant lake`: files for the lake, tried without dropping them. */
export function lakeCommand(program: Command): void {
  const lake = program.command('lake').description('try files for the lake without dropping them, offline')
  lake
    .command('check')
    .description('read files and say everything that is wrong with them; exit code 1 if one would be refused')
    .argument('<files...>', 'CSV, TSV, JSON, NDJSON, XLSX, XLS, ODS, Parquet, or these in gzip or zip')
    .option('--output <form>', 'human or json', 'human')
    .option('--language <language>', 'fr or en, for people', 'fr')
    .action(check)
}

async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  if (!['human', 'json'].includes(options.output))
    throw new CourantError('CONFIG_INVALID', '--output must be human or json')
  if (!['fr', 'en'].includes(options.language))
    throw new CourantError('CONFIG_INVALID', '--language must be fr or en')
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new CourantError('CONFIG_INVALID', `There is no file ${missing}`)
  const seen = new Map<string, string>()
  for (const file of files) {
    const line = progressLine(file)
    const result = await checkFile(file, {
      progress: (progress: Progress) => line.show(progress),
      sameContent: (sha256) => seen.get(sha256)
    })
    line.clear()
    if (result.scan) seen.set(result.scan.sha256, file)
    show(result, options)
    if (result.verdict === 'reject') process.exitCode = 1
    result.findings.close()
  }
  if (files.length > 1) complain(`${files.length} checked`)
}

function show(result: CheckResult, { output, language }: CheckOptions): void {
  if (output === 'json') {
    for (const part of qualityJson(result)) process.stdout.write(visible(part))
    return
  }
  for (const line of printedResult(result, language === 'fr' ? 'fr' : 'en')) print(line)
}
