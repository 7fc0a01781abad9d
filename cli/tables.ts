import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { cassandraTables, discoverCassandra } from '../producers/cassandra/discover.ts'
import { connectionSettings } from '../producers/cassandra/settings.ts'
import { discoverPostgres, postgresTables } from '../producers/postgres/table/discover.ts'
import { database, postgresSettings } from '../producers/postgres/settings.ts'
import { CourantError } from '../runtime/errors.ts'
import { createLog, MetricsRegistry } from '../runtime/observability.ts'
import { contextFor } from '../runtime/loop/run-all.ts'
import { checkSettings, settingsFrom } from '../runtime/settings.ts'
import { type Declaration, declareTable, tableNameFrom } from '../schemas/discovery/declare-table.ts'
import type { DiscoveredTable } from '../schemas/discovery/discovered.ts'
import { withTables } from '../schemas/discovery/list-tables.ts'
import { print, printRows } from './verb/output.ts'

interface AddOptions {
  readonly domain?: string
  readonly dryRun?: boolean
  readonly all?: boolean
}

const root = join(import.meta.dirname, '..')
const listFile = join(root, 'schemas/tables.ts')
const sourceNames = ['postgres', 'cassandra'] as const
type SourceName = (typeof sourceNames)[number]

/** `courant tables list|add`: what a source has, and declaring tables of it from its catalogue. */
export function tablesCommand(program: Command): void {
  const tables = program.command('tables')
  tables
    .command('list')
    .description('list the tables of the configured PostgreSQL schema or Cassandra keyspace')
    .argument('<source>', sourceNames.join(' or '))
    .option('--json', 'for machines')
    .action(async (source: string, { json = false }: { json?: boolean }) => {
      const names = await namesIn(sourceOf(source))
      printRows(
        names.map((table) => ({ table })),
        { json, none: 'There are no tables.' }
      )
    })
  tables
    .command('add')
    .description(
      "write schemas/<domain>/<table>.avsc from the source's catalogue, and its line in schemas/tables.ts"
    )
    .argument('<source>', sourceNames.join(' or '))
    .argument('[tables...]', 'their names at the source')
    .option('--domain <name>', 'what they belong to; the name of the database or keyspace unless told')
    .option('--all', 'every table of the schema or keyspace')
    .option('--dry-run', 'only say what would be written')
    .action((source: string, names: string[], options: AddOptions) => add(sourceOf(source), names, options))
}

function sourceOf(text: string): SourceName {
  const source = sourceNames.find((name) => name === text)
  if (source) return source
  throw new CourantError('CONFIG_INVALID', `No source is named ${text}; there are ${sourceNames.join(', ')}`)
}

async function add(source: SourceName, named: readonly string[], options: AddOptions): Promise<void> {
  if (named.length === 0 && !options.all)
    throw new CourantError('CONFIG_INVALID', 'Name tables, or take --all; `courant tables list` shows them')
  const domain = domainOf(source, options)
  const names = options.all ? await namesIn(source) : named
  const found = await discoverIn(source, names)
  const declared: Declaration[] = []
  let isWhole = true
  for (const [i, table] of found.entries()) {
    const declaration = declare(table, names[i] ?? '', domain)
    if (declaration) declared.push(declaration)
    else isWhole = false
  }
  if (!options.dryRun && declared.length > 0) write(declared)
  if (!isWhole) process.exitCode = 1
}

/** Says what becomes of a table; null where it cannot be declared. */
function declare(found: DiscoveredTable | null, table: string, domain: string): Declaration | null {
  if (!found || found.problems.length > 0) {
    const problems = found?.problems ?? ['it is not there; `courant tables list` shows those that are']
    print(`${table}: not added`)
    for (const problem of problems) print(`  ${problem}`)
    return null
  }
  const declaration = declareTable(found, domain, freeName(tableNameFrom(table), domain))
  const { file, avro, notes } = declaration
  if (existsSync(join(root, file))) {
    print(`${table}: ${file} is there and stays as it is`)
    return null
  }
  print(`${table}: ${file}, ${avro.fields.length} fields, key (${avro.courant.key.join(', ')})`)
  for (const note of notes) print(`  ${note}`)
  return declaration
}

/** No two tables have one name, whatever their domains. */
function freeName(name: string, domain: string): string {
  const isTaken = readFileSync(listFile, 'utf8')
    .split('\n')
    .some((line) => line.includes(`, '${name}')`) && !line.includes(`('${domain}', '${name}')`))
  return isTaken ? `${domain}-${name}` : name
}

function write(declared: readonly Declaration[]): void {
  for (const { file, avro } of declared) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), `${JSON.stringify(avro, null, 2)}\n`)
  }
  writeFileSync(listFile, withTables(readFileSync(listFile, 'utf8'), declared))
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  run(join(root, 'bin/node'), 'docs/generate.ts')
  // In a production install there is no formatter, and nobody commits from there.
  const biome = join(root, 'node_modules/.bin/biome')
  if (existsSync(biome)) run(biome, 'format', '--write', 'schemas', 'docs')
  const systems = [...new Set(declared.map(({ domain }) => domain))].join(',')
  print(
    `\nWritten, with types and docs made anew. Read the files, then: npm run check, and with COURANT_SYSTEMS=${systems}: courant topics apply, courant check, courant run`
  )
}

function domainOf(source: SourceName, { domain }: AddOptions): string {
  const settings = settingsFrom(process.env)
  const own = settings.text(source === 'postgres' ? database : connectionSettings.keyspace)
  const name = domain ?? tableNameFrom(own).replaceAll('-', '_')
  if (/^[a-z][a-z0-9_]*$/.test(name) && !['types', 'history', 'erp', 'discovery'].includes(name)) return name
  throw new CourantError('CONFIG_INVALID', `--domain ${name} must be a word in lower case that is free`)
}

function contextOf() {
  return contextFor('tables', { env: process.env, logger: createLog('warn'), metrics: new MetricsRegistry() })
}

async function namesIn(source: SourceName): Promise<readonly string[]> {
  checkSettings(source === 'postgres' ? postgresSettings : Object.values(connectionSettings), process.env)
  const context = contextOf()
  return source === 'postgres' ? postgresTables(context) : cassandraTables(context.settings)
}

async function discoverIn(source: SourceName, names: readonly string[]) {
  checkSettings(source === 'postgres' ? postgresSettings : Object.values(connectionSettings), process.env)
  const context = contextOf()
  return source === 'postgres' ? discoverPostgres(context, names) : discoverCassandra(context.settings, names)
}
