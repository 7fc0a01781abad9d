import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Command } from 'commander'
import { CvReaders } from '../../processors/cv/isolation/cv-readers.ts'
import { jsonResumeOf } from '../../processors/cv/json-resume.ts'
import type { ParsedCv } from '../../processors/cv/read-cv.ts'
import { CvRefused } from '../../processors/cv/refusal.ts'
import { CourantError } from '../../runtime/errors.ts'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import { complain, print } from '../../cli/verb/output.ts'

interface ParseOptions {
  readonly out?: string
  readonly format: string
  readonly evidence?: boolean
  readonly text?: boolean
}

/** `courant cv parse`: CVs to structured data, without any server. */
export function cvCommand(program: Command): void {
  const cv = program
    .command('cv')
    .description('read CVs (PDF, DOCX, DOC, RTF, text; scans where Tesseract is) to structured data, offline')
  cv.command('parse')
    .description('read CVs; one JSON file for each in --out, or the JSON itself for a single one')
    .argument('<files...>', 'files or folders; - reads one CV from standard input')
    .option('--out <dir>', 'folder for one <name>.json a file')
    .option('--format <format>', 'courant, or jsonresume (jsonresume.org/schema)', 'courant')
    .option('--evidence', 'add where each value stands in the document, and how sure it is')
    .option('--text', 'add the text in reading order')
    .action(parse)
  cv.command('serve')
    .description('take CVs over HTTP, for the pipelines that read them (COURANT_CV_DATABASE_URL)')
    .action(async () => (await import('./serve.ts')).serve())
  cv.command('callbacks')
    .description('show every attempt to tell the caller of a job, or queue one more with the same webhook-id')
    .argument('<job>', 'id of the job')
    .option('--redeliver', 'one more attempt, whatever came of the others')
    .option('--json', 'for machines')
    .action(async (job, options) => (await import('./jobs-verb.ts')).callbacks(job, options))
  cv.command('erase')
    .description('remove file, result, attempts and records of jobs, pending ones too; say what was removed')
    .argument('[jobs...]', 'ids of jobs')
    .option('--email <address>', 'every job whose CV was read to have this address')
    .action(async (jobs, options) => (await import('./jobs-verb.ts')).erase(jobs, options))
}

async function parse(paths: readonly string[], options: ParseOptions): Promise<void> {
  if (!['courant', 'jsonresume'].includes(options.format))
    throw new CourantError('CONFIG_INVALID', '--format must be courant or jsonresume')
  const files = filesAt(paths)
  if (options.out === undefined && files.length !== 1)
    throw new CourantError(
      'CONFIG_INVALID',
      `--out DIR is needed for more than one CV; ${files.length} were found`
    )
  if (options.out !== undefined) mkdirSync(options.out, { recursive: true })
  const readers = new CvReaders()
  try {
    const refused = await mapAtOnce(withOutputs(files), filesAtOnce, (file) =>
      parseOne(readers, file, options)
    )
    const count = refused.filter(Boolean).length
    if (files.length > 1) complain(`${files.length - count} read, ${count} refused`)
    if (count > 0) process.exitCode = 1
  } finally {
    readers.close()
  }
}

/** More are not held in memory while they wait for a reader. */
const filesAtOnce = 8

/** Each file with the name of its JSON: without the ending where no other file is named so. Refuses files of one name. */
function withOutputs(files: readonly string[]): ParsedFile[] {
  const named = files.map((file) => (file === '-' ? 'stdin' : basename(file)))
  const twice = named.find((name, index) => named.indexOf(name) !== index)
  if (twice !== undefined)
    throw new CourantError(
      'CONFIG_INVALID',
      `Two files are named ${twice}: parse their folders one by one, each with an --out of its own`
    )
  const stems = Map.groupBy(named, stemOf)
  const outputOf = (name: string) => ((stems.get(stemOf(name))?.length ?? 0) > 1 ? name : stemOf(name))
  return files.map((file, index) => ({ file, output: `${outputOf(named[index] ?? '')}.json` }))
}

const stemOf = (name: string) => basename(name, extname(name))

interface ParsedFile {
  readonly file: string
  /** The name of its JSON. */
  readonly output: string
}

/** Reads one file and tells whether it was refused. */
async function parseOne(
  readers: CvReaders,
  { file, output }: ParsedFile,
  options: ParseOptions
): Promise<boolean> {
  const name = file === '-' ? 'stdin' : basename(file)
  try {
    const parsed = await readers.parse(
      readFileSync(file === '-' ? 0 : file),
      file === '-' ? {} : { fileName: name }
    )
    const json = JSON.stringify(shown(parsed, options), null, 2)
    if (options.out === undefined) print(json)
    else {
      writeFileSync(join(options.out, output), `${json}\n`)
      complain(`${name}: read${parsed.warnings.length > 0 ? ` (${parsed.warnings.join(', ')})` : ''}`)
    }
    return false
  } catch (error) {
    if (!(error instanceof CvRefused)) throw error
    complain(`${name}: ${error.sentence('fr')} / ${error.sentence('en')} (${error.refusal})`)
    return true
  }
}

function shown({ data, evidence, warnings, document }: ParsedCv, options: ParseOptions): object {
  if (options.format === 'jsonresume') return jsonResumeOf(data)
  return {
    ...data,
    ...(warnings.length > 0 && { _warnings: warnings }),
    ...(options.evidence && { _evidence: evidence }),
    ...(options.text && { _text: document.text })
  }
}

/** Files as they are named, and those of folders by name; hidden ones and folders within are passed over. */
function filesAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (path === '-') return ['-']
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) throw new CourantError('CONFIG_INVALID', `There is no file or folder ${path}`)
    if (!found.isDirectory()) return [path]
    const entries = readdirSync(path, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(path, entry.name))
      .sort()
  })
}
