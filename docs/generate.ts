import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { allSettings } from '../cli/all-settings.ts'
import { envExample } from './env-example.ts'
import { errorTable } from '../runtime/errors.ts'
import { settingsOf } from '../runtime/loop/run-all.ts'
import type { Setting } from '../runtime/settings.ts'
import { generatedTypes } from '../schemas/generate.ts'
import { appendHistory, historyProblems } from '../schemas/history.ts'
import { type LoadedSystem, loadedSystems } from '../systems/loaded.ts'
import type { Page } from '../systems/system.ts'
import { deadLetterTopic, type DeclaredTopic } from '../topics/catalogue.ts'
import { auditTopic } from '../topics/audit-topic.ts'
import { statusTopic } from '../topics/health/status-topic.ts'

/** Defaults that are files of this repository are shown as paths in it. */
const root = fileURLToPath(new URL('..', import.meta.url))

const banner = 'Made by `npm run generate`; do not edit.\n'

/** Every generated file, by its path from the root of the repository. */
async function generatedFiles(): Promise<Map<string, string>> {
  const types = [...generatedTypes()].map(([file, text]) => [`schemas/${file}`, text] as const)
  return new Map([
    ...types,
    ['.env.example', envExample(allSettings(), loadedSystems.map(ownSettings), root)],
    ...Object.entries(pages()).map(([file, page]) => [`docs/generated/${file}.md`, textOf(page)] as const)
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

function textOf({ title, heading, rows }: Page): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
  const table = [line(heading), line(heading.map(() => '---')), ...rows.map(line)]
  return `# ${title}\n\n${banner}\n${table.join('\n')}\n`
}

/** The pages of docs/generated that are tables, by file name. */
export const pages = (): Readonly<Record<string, Page>> =>
  Object.assign(
    { systems: systemsPage(), pipelines: pipelinesPage(), settings: settingsPage(allSettings()) },
    { errors: errorsPage(), topics: topicsPage() },
    ...loadedSystems.map((system) => system.pages)
  )

/** Of pipelines that only run time knows, what each of them is like. */
const pipelinesOf = ({ pipelines = [], runTime }: LoadedSystem) => [
  ...pipelines,
  ...(runTime?.patterns ?? [])
]

/** What a system is the one to read, if no other does. */
const ownSettings = (system: LoadedSystem) => ({
  name: system.name,
  settings: [
    ...(system.switches ?? []),
    ...(system.settings ?? []),
    ...(system.routes?.settings ?? []),
    ...settingsOf(pipelinesOf(system))
  ]
})

const code = (text: string) => `\`${text}\``

function systemsPage(): Page {
  const rows = loadedSystems.map((system) => {
    const { name, describe, switches, commands = {} } = system
    const on = switches ? `${switches.map(({ env }) => code(env)).join(' or ')} is set` : 'always'
    const verbs = Object.keys(commands).map((verb) => code(`courant ${verb}`))
    return [code(name), describe, pipelinesOf(system).length > 0 ? on : '', verbs.join(', ')]
  })
  return { title: 'Systems', heading: ['system', 'what it is', 'on when', 'verbs of its own'], rows }
}

function pipelinesPage(): Page {
  const rows = loadedSystems.flatMap((system) =>
    pipelinesOf(system).map(({ kind, name, from, to, writes }) => {
      const target = writes.length > 0 ? writes.join(', ') : to.describe
      return [system.name, kind, code(name), from.describe, target]
    })
  )
  return { title: 'Pipelines', heading: ['system', 'kind', 'name', 'reads', 'writes'], rows }
}

function settingsPage(settings: readonly Setting[]): Page {
  const rows = settings
    .toSorted((a, b) => a.env.localeCompare(b.env, 'en'))
    .map(({ env, describe, secret, default: text }) => [
      code(env),
      describe,
      text === undefined ? '' : code(text.replace(root, '')),
      secret ? 'secret' : ''
    ])
  return { title: 'Settings', heading: ['variable', 'what it is for', 'default', ''], rows }
}

function errorsPage(): Page {
  const rows = Object.entries(errorTable).map(([error, { verdict, doc }]) => [code(error), verdict, doc])
  return { title: 'Errors', heading: ['code', 'verdict', 'what it means and what to do'], rows }
}

function topicsPage(): Page {
  const ofSystems: readonly DeclaredTopic[] = loadedSystems.flatMap((system) => [
    ...(system.topics ?? []),
    ...(system.runTime?.topics ?? []),
    ...pipelinesOf(system).map(({ name }) => deadLetterTopic(name))
  ])
  const rows = [statusTopic, auditTopic, ...ofSystems].map(({ name, partitions, config, owner }) => {
    return [code(name), String(partitions ?? 'as set'), config['cleanup.policy'] ?? '', owner]
  })
  return { title: 'Topics', heading: ['topic', 'partitions', 'cleanup', 'owner'], rows }
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
