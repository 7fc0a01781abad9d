import type { Command } from 'commander'
import { CourantError } from '../runtime/errors.ts'
import type { DeclaredTopic } from '../topics/catalogue.ts'
import { type Settings, settingsFrom } from '../runtime/settings.ts'
import { unreleased } from '../schemas/history.ts'
import { aclsOf, commandOf } from '../topics/acls.ts'
import { type Connection, connectionFor, topicPrefix } from '../topics/connection.ts'
import { applyPlan, planSettings, planTopics, type TopicChange } from '../topics/plan.ts'
import { patientRegistry } from '../topics/registry/patient-registry.ts'
import { retryWithin } from '../runtime/retry.ts'
import { atLeastOne } from './verb/arguments.ts'
import { complain, print, printRows, type Row } from './verb/output.ts'
import { type Known, knownNow } from './pipelines.ts'
import { skipVerb } from './skip.ts'
import { tailTopic } from './tail.ts'
import { reading, withConnection } from './verb/with-connection.ts'

interface Json {
  readonly json?: boolean
}

/** `courant topics plan|apply|list|describe|tail|skip|acls`. */
export function topicsCommand(program: Command): void {
  const topics = program.command('topics')
  topics
    .command('plan')
    .description('show what `apply` would change; changes nothing')
    .option('--json', 'for machines')
    .action(({ json = false }: Json) =>
      withConnection(
        async (connection, settings) =>
          printPlan(await planTopics(await neededTopics(), patient(connection), settings), json),
        planSettings
      )
    )
  topics
    .command('apply')
    .description('create topics, add partitions, set configuration, register schemas; deletes nothing')
    .option('--json', 'for machines')
    .action(({ json = false }: Json) =>
      withConnection(async (_connection, settings) => {
        const done = await applyTopics(settings)
        printPlan(done, json)
        if (!json) tellUnreleased(done)
      }, planSettings)
    )
  topics
    .command('list')
    .description('list every declared topic, and what lies in it')
    .option('--json', 'for machines')
    .action(({ json = false }: Json) => reading((connection) => list(connection, json)))
  topics
    .command('describe')
    .description('show a topic: partitions, offsets, configuration and schema')
    .argument('<topic>')
    .option('--json', 'for machines')
    .action((name: string, { json = false }: Json) =>
      reading((connection) => describe(connection, { name, json }))
    )
  topics
    .command('acls')
    .description('print the commands that give each pipeline the rights it needs, and no more')
    .action(printAcls)
  skipVerb(topics)
  topics
    .command('tail')
    .description('print the last values of a topic as JSON lines, personal data masked')
    .argument('<topic>')
    .option('-n, --count <number>', 'how many', atLeastOne, 10)
    .option('-f, --follow', 'wait for more until Ctrl-C')
    .option('--unmask', 'show personal data')
    .action((name: string, options: { count: number; follow?: boolean; unmask?: boolean }) =>
      withConnection(async (connection) =>
        tailTopic(await findDeclared(name), connection, {
          count: options.count,
          follow: options.follow === true,
          isMasked: options.unmask !== true
        })
      )
    )
}

async function printAcls(): Promise<void> {
  const prefix = settingsFrom(process.env).text(topicPrefix)
  const all = (await said(knownNow())).all.map(({ pipeline }) => pipeline)
  for (const acl of all.flatMap((pipeline) => aclsOf(pipeline, prefix, all))) print(commandOf(acl))
}

/** What is known, once it is said what is not. */
async function said(asked: Promise<Known>): Promise<Known> {
  const known = await asked
  for (const line of known.unknown) complain(line)
  return known
}

const neededTopics = async (): Promise<readonly DeclaredTopic[]> => (await said(knownNow())).needed

const registryPatienceMs = 60_000
const kafkaPatienceMs = 30_000

const patient = (connection: Connection): Connection => ({
  ...connection,
  registry: patientRegistry(connection.registry, { withinMs: registryPatienceMs })
})

async function findDeclared(name: string): Promise<DeclaredTopic> {
  const found = (await said(knownNow())).topics.find((topic) => topic.name === name)
  if (!found)
    throw new CourantError(
      'CONFIG_INVALID',
      `No topic is named ${name}; \`courant topics list\` shows them all`
    )
  return found
}

/**
 * Creates and configures the topics of the systems that are on and registers their schemas; returns what was changed.
 * What fails for a moment is tried again for a minute.
 */
export async function applyTopics(settings: Settings): Promise<readonly TopicChange[]> {
  const connection = patient(connectionFor(settings))
  const needed = await neededTopics()
  return retryWithin(
    async () => {
      const plan = await planTopics(needed, connection, settings)
      await applyPlan(plan, connection)
      return plan
    },
    { withinMs: kafkaPatienceMs }
  )
}

/** What `apply` would change, a sentence each; none when topics and schemas are as declared. */
export async function topicsToChange(connection: Connection, settings: Settings): Promise<string[]> {
  const registry = patientRegistry(connection.registry, { withinMs: 5_000 })
  const plan = await planTopics((await knownNow()).needed, { ...connection, registry }, settings)
  return plan.map((change) =>
    change.action === 'refuse'
      ? change.error.message
      : `${change.topic}: ${change.action} (run \`courant topics apply\`)`
  )
}

function printPlan(plan: readonly TopicChange[], json: boolean): void {
  const rows = plan.map(
    (change): Row => ({ action: change.action, topic: change.topic, detail: detailOf(change) })
  )
  printRows(rows, { json, none: 'Topics and schemas are as declared.' })
  if (!json && plan.some((change) => change.action === 'add partitions'))
    print(
      '\nMore partitions move keys: records of a key before and after the change lie in different partitions, so stop the producers and let every reader catch up before applying.'
    )
}

/** What is applied for others stays: the next version must be checked against it. */
function tellUnreleased(done: readonly TopicChange[]): void {
  const registered = done.some(({ action }) => action === 'register schema')
  const count = registered ? unreleased().length : 0
  if (count > 0)
    print(
      `\n${count} schemas are not in schemas/history. Where others use what they describe, note them: npm run generate -- --release, and commit.`
    )
}

function detailOf(change: TopicChange): string {
  if (change.action === 'create')
    return `${change.config.partitions} partitions, ${pairs(change.config.config)}`
  if (change.action === 'add partitions') return `${change.from} → ${change.to}`
  if (change.action === 'configure') return pairs(change.config)
  return change.action === 'refuse' ? change.error.message : change.schema.name
}

const pairs = (config: Readonly<Record<string, string>>) =>
  Object.entries(config)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

async function list({ kafka }: Connection, json: boolean): Promise<void> {
  const admin = await kafka.admin()
  const existing = new Set((await admin.topics()).map(({ name }) => name))
  const rows: Row[] = []
  for (const { name, describe, owner } of (await said(knownNow())).topics) {
    const offsets = existing.has(name) ? await admin.offsets(name) : []
    const records = offsets.reduce((sum, { low, high }) => sum + high - low, 0)
    rows.push({
      topic: name,
      owner,
      partitions: offsets.length || null,
      records: existing.has(name) ? records : null,
      describe
    })
  }
  printRows(rows, { json, none: 'No topics are declared.' })
}

async function describe(
  { kafka }: Connection,
  { name, json }: { name: string; json: boolean }
): Promise<void> {
  const wanted = await findDeclared(name)
  const admin = await kafka.admin()
  const existing = (await admin.topics()).find((topic) => topic.name === name)
  if (!existing)
    throw new CourantError('TOPIC_MISSING', `${name} is declared but not there: run \`courant topics apply\``)
  const offsets = await admin.offsets(name)
  if (json) {
    print(JSON.stringify({ ...wanted, ...existing, offsets }, null, 2))
    return
  }
  print(`${name}: ${wanted.describe} (owner ${wanted.owner}, ${existing.replicationFactor} replicas)\n`)
  printRows(
    offsets.map(({ partition, low, high }) => ({ partition, low, high, records: high - low })),
    { none: '' }
  )
  print(`\n${pairs(existing.config) || 'default configuration'}`)
  if (wanted.schema)
    print(
      `\n${wanted.schema.name}: ${wanted.schema.fields.map((field) => field.name).join(', ')} (--json shows all of it)`
    )
}
