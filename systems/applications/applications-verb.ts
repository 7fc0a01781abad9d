import { type Command, InvalidArgumentError } from 'commander'
import { pg } from '../../runtime/process/packages.ts'
import { createApplicationTables } from '../../local/sample/applications/create-tables.ts'
import { fillApplications } from '../../local/sample/applications/fill-applications.ts'
import { applicationSource } from '../../producers/applications/application-source.ts'
import { atUrl } from '../../producers/applications/at-url.ts'
import { countChanged, dailyPipeline, publishChanged } from '../../producers/applications/publish-changed.ts'
import { databaseUrl } from '../../producers/applications/settings.ts'
import * as postgres from '../../producers/postgres/settings.ts'
import { createLog, logLevel, MetricsRegistry } from '../../runtime/observability.ts'
import { contextFor } from '../../runtime/loop/run-all.ts'
import { retryTransient } from '../../runtime/retry.ts'
import type { Settings } from '../../runtime/settings.ts'
import { atLeastOne } from '../../cli/verb/arguments.ts'
import { print } from '../../cli/verb/output.ts'
import { untilStopSignal } from '../../cli/verb/stop-signal.ts'
import { withConnection } from '../../cli/verb/with-connection.ts'

interface BackfillOptions {
  readonly since: Since
  readonly dryRun?: boolean
}

/** A moment, or how long before now by the source's clock, in microseconds. */
type Since = { readonly atUs: number } | { readonly agoUs: number }

/** `courant applications backfill|sample`. */
export function applicationsCommand(program: Command): void {
  const applications = program.command('applications')
  applications
    .command('backfill')
    .description(
      'publish every application that changed since a time; what is exported already stays as it is'
    )
    .requiredOption('--since <time>', 'ISO time, or a duration such as 90m, 24h or 7d', sinceOf)
    .option('--dry-run', 'only count them')
    .action((options: BackfillOptions) =>
      withConnection(() => backfill(options), [...(applicationSource.settings ?? []), logLevel])
    )
  applications
    .command('sample')
    .description('create the tables and a deterministic sample where nothing is; a repeat changes nothing')
    .option('-n, --count <number>', 'applications', atLeastOne, 100)
    .option('--seed <number>', 'another sample', Number, 20_261_122)
    .action((options: { count: number; seed: number }) =>
      withConnection((_connection, settings) => sample(settings, options), applicationSource.settings)
    )
}

async function backfill({ since: asked, dryRun = false }: BackfillOptions): Promise<void> {
  const { signal } = untilStopSignal()
  const logger = createLog(process.env[logLevel.env] ?? 'warn')
  const context = contextFor('backfill', { env: process.env, logger, metrics: new MetricsRegistry() })
  const source = await retryTransient(() => applicationSource.open(context), { signal })
  try {
    const from = 'atUs' in asked ? asked.atUs : (await source.now()) - asked.agoUs
    const since = new Date(from / 1000).toISOString()
    if (dryRun) {
      print(`${await countChanged(source, from)} applications changed since ${since}; nothing was published.`)
      return
    }
    const { count, setAside, isComplete } = await publishChanged(source, { since: from, context, signal })
    print(`${count} applications that changed since ${since} were published.`)
    for (const { error } of setAside) print(`Set aside: ${error.message}`)
    if (setAside.length > 0)
      print(`${setAside.length} were set aside; \`courant dlq show ${dailyPipeline}\` has them.`)
    if (!isComplete) print('Stopped before the end: run it again, a repeat changes nothing.')
    process.exitCode = isComplete ? 0 : 1
  } finally {
    await source.close()
  }
}

const unitUs: Readonly<Record<string, number>> = { m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 }

function sinceOf(text: string): Since {
  const duration = /^(\d+)([mhd])$/.exec(text)
  if (duration) return { agoUs: Number(duration[1]) * (unitUs[duration[2] ?? ''] ?? 0) }
  // A time without a zone is UTC, as everywhere here.
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T')
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError('must be an ISO time such as 2026-11-22T02:00:00Z, or 24h')
  return { atUs: atMs * 1000 }
}

async function sample(settings: Settings, { count, seed }: { count: number; seed: number }): Promise<void> {
  const at = atUrl(settings, settings.text(databaseUrl))
  const client = new pg.Client({
    host: at.text(postgres.host),
    port: at.number(postgres.port),
    user: at.text(postgres.user),
    password: at.text(postgres.password),
    database: at.text(postgres.database)
  })
  await client.connect()
  try {
    await createApplicationTables(client)
    const endingAt = new Date(new Date().setUTCHours(0, 0, 0, 0))
    const rows = await fillApplications({ seed, applications: count, endingAt }, client)
    for (const [table, number] of Object.entries(rows)) print(`${table}: ${number} new rows`)
    const { rows: some } = await client.query<{ id: string }>(
      'SELECT id FROM application ORDER BY id LIMIT 1'
    )
    print(`\nTo try the webhook: application_id ${some[0]?.id ?? 'none'} (docs/applications.md)`)
  } finally {
    await client.end()
  }
}
