import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { checkFile, type Progress } from '../../processors/files/check/check-file.ts'
import { contractsFolder, loadContracts } from '../../processors/files/contract/contract.ts'
import { inferContract } from '../../processors/files/contract/infer.ts'
import { pageOf } from '../../processors/files/report/page.ts'
import type { CheckResult } from '../../processors/files/check/result.ts'
import { FileRefused } from '../../processors/files/refusal.ts'
import { levelOf } from '../../processors/files/report/catalogue.ts'
import { printedResult } from '../../processors/files/report/printed.ts'
import { qualityJson } from '../../processors/files/report/quality.ts'
import { CourantError } from '../../runtime/errors.ts'
import { progressLine } from './check-progress.ts'
import { complain, print, printPart } from '../../cli/verb/output.ts'

interface CheckOptions {
  readonly output: string
  readonly language: string
  readonly theme?: string
  readonly contracts: string
  readonly page?: string
}

/** `courant lake`: files for the lake, tried without dropping them. */
export function lakeCommand(program: Command): void {
  const lake = program.command('lake').description('dropped files, and what the lake makes of them')
  lake
    .command('check')
    .description('read files and say everything that is wrong with them; exit code 1 if one would be refused')
    .argument('<files...>', 'CSV, TSV, JSON, NDJSON, XLSX, XLS, ODS, Parquet, or these in gzip or zip')
    .option('--output <form>', 'human or json', 'human')
    .option('--language <language>', 'fr or en, for people', 'fr')
    .option('--theme <theme>', 'the theme the files would be dropped under')
    .option('--contracts <folder>', 'contracts, as <theme>/<dataset>.avsc; - for none', contractsFolder)
    .option('--page <folder>', 'write <file>.quality.json and <file>.html there, as the lake would')
    .action(check)
  lake
    .command('init')
    .description('make the bucket with its folders, and have the store tell of dropped files')
    .action(async () => (await import('./init.ts')).init())
  lake
    .command('serve')
    .description('take the notifications of the bucket over HTTP, until Ctrl-C')
    .action(async () => (await import('./serve.ts')).serve())
  lake
    .command('replay')
    .description('have Bronze and Argent of a theme made again from raw, by the contracts as they are now')
    .argument('<theme>', 'such as emploi')
    .option('--from <day>', 'only files that were dropped on this day or later, such as 2026-11-01')
    .action(async (theme: string, options: { from?: string }) =>
      (await import('./replay.ts')).replay(theme, options.from)
    )
  const contract = lake.command('contract').description('what a kind of dataset is like')
  contract
    .command('infer')
    .description('draft a contract from a file; somebody who knows the dataset goes on from there')
    .argument('<file>', 'a file of the dataset')
    .option('--dataset <theme/dataset>', 'what it will be called', 'theme/dataset')
    .action(infer)
}

async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  if (!['human', 'json'].includes(options.output))
    throw new CourantError('CONFIG_INVALID', '--output must be human or json')
  if (!['fr', 'en'].includes(options.language))
    throw new CourantError('CONFIG_INVALID', '--language must be fr or en')
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new CourantError('CONFIG_INVALID', `There is no file ${missing}`)
  const contracts = options.contracts === '-' ? [] : loadContracts(options.contracts)
  const seen = new Map<string, string>()
  for (const file of files) {
    const line = progressLine(file)
    const result = await checkFile(file, {
      progress: (progress: Progress) => line.show(progress),
      contracts,
      ...(options.theme !== undefined && { theme: options.theme }),
      sameContent: (sha256) => seen.get(sha256)
    })
    line.clear()
    if (result.scan) seen.set(result.scan.sha256, file)
    show(result, options)
    if (options.page !== undefined) writePage(result, options.page)
    if (result.verdict === 'reject') process.exitCode = 1
    result.findings.close()
  }
  if (files.length > 1) complain(`${files.length} checked`)
}

function show(result: CheckResult, { output, language }: CheckOptions): void {
  if (output === 'json') {
    for (const part of qualityJson(result)) printPart(part)
    return
  }
  for (const line of printedResult(result, language === 'fr' ? 'fr' : 'en')) print(line)
}

/** Writes what the lake would put beside a file that was dropped. */
function writePage(result: CheckResult, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const name = basename(result.path)
  writeParts(join(folder, `${name}.quality.json`), qualityJson(result))
  writeParts(join(folder, `${name}.html`), pageOf(result))
}

function writeParts(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'w')
  try {
    for (const part of parts) writeSync(file, part)
  } finally {
    closeSync(file)
  }
}

async function infer(file: string, { dataset }: { dataset: string }): Promise<void> {
  if (!existsSync(file)) throw new CourantError('CONFIG_INVALID', `There is no file ${file}`)
  const [theme = '', name = ''] = dataset.split('/')
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(dataset))
    throw new CourantError(
      'CONFIG_INVALID',
      '--dataset must be <theme>/<dataset>, in small letters, figures and hyphens'
    )
  const result = await checkFile(file)
  const refused = [...result.findings.all()].find(({ code }) => levelOf(code) === 'file')
  result.findings.close()
  if (result.columns.length === 0 && refused) throw new FileRefused(refused)
  printPart(inferContract(result, { theme, dataset: name }))
}
