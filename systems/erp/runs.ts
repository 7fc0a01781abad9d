import type { Command } from 'commander'
import { findTable } from '../../schemas/erp/configured-tables.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'
import { readEtlTables } from '../../sinks/ods/metadata.ts'
import { nextOffsetOf, passUpTo, standingRuns, type TablePlace } from '../../sinks/ods/standing-runs.ts'
import { connectionFor } from '../../topics/connection.ts'
import { erpTopic } from '../../topics/erp-changes.ts'
import { print, printRows } from '../../cli/verb/output.ts'
import { type EtlSession, withEtl } from './etl-session.ts'
import { lockTable } from './load/load-table.ts'
import { type Output, outputOption } from './output-option.ts'
import { withAdmin } from '../../topics/kafka/admin/with-admin.ts'

interface SkipOptions {
  readonly dryRun?: boolean
  readonly output: Output
}

/** `courant etl runs <table>` and `courant etl skip <table>`: what stands before the ODS, and a way past it. */
export function runsCommand(etl: Command): void {
  etl
    .command('runs')
    .description(
      'show the runs of a table since its last success, and how much of its topic is not in the ODS'
    )
    .argument('<table>', 'as config.ETL_Tables names it')
    .addOption(outputOption())
    .action((name: string, { output }: { output: Output }) => runs(name, output))
  etl
    .command('skip')
    .description(
      'pass all of a table that stands in its topic; the next load begins where the last success ended'
    )
    .argument('<table>', 'as config.ETL_Tables names it')
    .option('--dry-run', 'only say what would be passed')
    .addOption(outputOption())
    .action(skip)
}

async function runs(name: string, output: Output): Promise<void> {
  await withEtl(['ods', 'kafka'], async (session) => {
    const table = findTable(await readEtlTables(session.ods), name)
    const standing = await standingRuns(session.ods, table.tableName)
    const topic = await topicOf(session, table)
    if (output === 'json') {
      print(JSON.stringify({ table: table.tableName, ...topic, runs: standing }, null, 2))
      return
    }
    printRows(
      standing.map(({ runId, mode, status, startedAt, errorCode, error }) => ({
        run: runId,
        mode,
        status,
        'started (UTC)': startedAt,
        why: error === '' ? '' : `${error} (${errorCode})`
      })),
      { none: `The last run of ${table.tableName} succeeded.` }
    )
    print(`\n${sentence(topic)}`)
  })
}

async function skip(name: string, { dryRun = false, output }: SkipOptions): Promise<void> {
  await withEtl(['ods', 'kafka'], async (session) => {
    const table = findTable(await readEtlTables(session.ods), name)
    const topic = await topicOf(session, table)
    if (!dryRun) {
      const release = lockTable(session, table)
      try {
        await passUpTo(session.ods, placeOf(table), topic.end)
      } finally {
        release()
      }
    }
    if (output === 'json') print(JSON.stringify({ table: table.tableName, ...topic, dryRun }, null, 2))
    else
      print(
        `${table.tableName}: ${topic.standing} records ${dryRun ? 'would be' : 'were'} passed; load it with \`courant etl load ${table.tableName}\`, which begins where the last success ended`
      )
  })
}

interface StandingTopic {
  readonly next: number
  readonly end: number
  /** Records that are not in the ODS. */
  readonly standing: number
  /** True when records were deleted that the ODS has not read. */
  readonly isGap: boolean
}

async function topicOf({ settings, ods }: EtlSession, table: EtlTable): Promise<StandingTopic> {
  return withAdmin(connectionFor(settings).kafka, async (admin) => {
    const place = placeOf(table)
    const [log] = await admin.offsets(place.topic)
    const [low, high] = [log?.low ?? 0, log?.high ?? 0]
    const next = (await nextOffsetOf(ods, place)) ?? low
    return {
      next,
      end: high,
      standing: Math.max(0, high - Math.max(next, low)),
      isGap: next < low || next > high
    }
  })
}

const sentence = ({ next, end, standing, isGap }: StandingTopic) =>
  isGap
    ? `The ODS goes on at offset ${next}, which the topic does not have any more (its end is ${end}): pass it with \`courant etl skip\`.`
    : `${standing} records of its topic are not in the ODS yet (offset ${next} to ${end}).`

const placeOf = ({ tableName }: EtlTable): TablePlace => ({
  tableName,
  group: `ods.${tableName.toLowerCase()}`,
  topic: erpTopic(tableName).name
})
