import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { allSettings } from '../cli/all-settings.ts'
import { pipelines } from '../cli/pipelines.ts'
import { errorTable } from '../runtime/errors.ts'
import type { Setting } from '../runtime/settings.ts'
import { generatedTypes } from '../schemas/generate.ts'
import { appendHistory, historyProblems } from '../schemas/history.ts'
import { fileColumns } from '../sinks/azure-blob/features/feature-rows.ts'
import { topicCatalogue } from '../topics/catalogue.ts'

/** Defaults that are files of this repository are shown as paths in it. */
const root = fileURLToPath(new URL('..', import.meta.url))

const banner = 'Made by `npm run generate`; do not edit.\n'

/** Every generated file, by its path from the root of the repository. */
async function generatedFiles(): Promise<Map<string, string>> {
  const types = [...generatedTypes()].map(([file, text]) => [`schemas/${file}`, text] as const)
  return new Map([
    ...types,
    ['docs/generated/pipelines.md', pipelinesPage()],
    ['docs/generated/settings.md', settingsPage(allSettings())],
    ['docs/generated/errors.md', errorsPage()],
    ['docs/generated/topics.md', topicsPage()],
    ['docs/generated/application-features.md', featuresPage()]
  ])
}

/** Generated files that differ from what they would be now. */
export async function staleFiles(): Promise<string[]> {
  const files = await generatedFiles()
  return [...files].filter(([path, text]) => contentOf(path) !== text).map(([path]) => path)
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  } catch {
    return null
  }
}

function page(title: string, heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
  const table = [line(heading), line(heading.map(() => '---')), ...rows.map(line)]
  return `# ${title}\n\n${banner}\n${table.join('\n')}\n`
}

function pipelinesPage(): string {
  const rows = pipelines.map(({ kind, name, from, to, writes }) => {
    return [kind, `\`${name}\``, from.describe, writes.length > 0 ? writes.join(', ') : to.describe]
  })
  return page('Pipelines', ['kind', 'name', 'reads', 'writes'], rows)
}

function settingsPage(settings: readonly Setting[]): string {
  const rows = settings
    .toSorted((a, b) => a.env.localeCompare(b.env, 'en'))
    .map(({ env, describe, secret, default: text }) => {
      return [
        `\`${env}\``,
        describe,
        text === undefined ? '' : `\`${text.replace(root, '')}\``,
        secret ? 'secret' : ''
      ]
    })
  return page('Settings', ['variable', 'what it is for', 'default', ''], rows)
}

function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { verdict, doc }]) => [`\`${code}\``, verdict, doc])
  return page('Errors', ['code', 'verdict', 'what it means and what to do'], rows)
}

function topicsPage(): string {
  const declared = topicCatalogue(pipelines.map(({ name }) => name))
  const rows = declared.map(({ name, partitions, config, owner }) => {
    return [`\`${name}\``, String(partitions ?? 'as set'), config['cleanup.policy'] ?? '', owner]
  })
  return page('Topics', ['topic', 'partitions', 'cleanup', 'owner'], rows)
}

function featuresPage(): string {
  const rows = fileColumns.map(({ name, type, describe }) => [`\`${name}\``, type, describe])
  return page('Features of job applications', ['column', 'type', 'what it is'], rows)
}

// `npm run generate`; with `-- --release` it also notes the schemas as a version that was released.
if (import.meta.main) {
  for (const [path, text] of await generatedFiles()) {
    const file = new URL(`../${path}`, import.meta.url)
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
  }
  const problems = process.argv.includes('--release') ? appendHistory() : historyProblems()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
