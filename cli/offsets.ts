import type { Command } from 'commander'
import { viewGroup } from '../operate/group.ts'
import { applyReset, planReset, type ResetTo } from '../operate/offsets.ts'
import { CourantError } from '../runtime/errors.ts'
import type { Connection } from '../topics/connection.ts'
import { durationText } from '../topics/health/durations.ts'
import { pipelinesNow } from './pipelines.ts'
import { auditedVerb } from './verb/audited.ts'
import { complain, print, printRows } from './verb/output.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { reading, withConnection } from './verb/with-connection.ts'

interface ResetOptions {
  readonly to: ResetTo
  readonly confirm?: boolean
  readonly reason: string
}

/** `courant offsets show|reset`: how far the group of a pipeline is, and moving it while nobody reads. */
export function offsetsCommand(program: Command): void {
  const offsets = program.command('offsets')
  offsets
    .command('show')
    .description('show how far the group of a pipeline is, by partition')
    .argument('<pipeline>')
    .option('--json', 'for machines')
    .action((name: string, { json = false }: { json?: boolean }) =>
      reading(async (connection) => show(await groupOf(name), connection, json))
    )
  offsets
    .command('reset')
    .description('say what moving the group of a stopped pipeline would do; with --confirm, move it')
    .argument('<pipeline>')
    .requiredOption('--to <place>', '`start`, `end`, or a time such as 2026-11-30T08:00Z', placeOf)
    .option('--confirm', 'do it')
    .option('--reason <text>', 'why, for the audit', '')
    .action((name: string, options: ResetOptions) =>
      withConnection(async (connection) => reset(await groupOf(name), connection, options))
    )
}

interface Group {
  readonly name: string
  readonly topics: readonly string[]
}

async function groupOf(name: string): Promise<Group> {
  const { pipelines } = await pipelinesNow([name])
  const [pipeline] = pipelines
  if (pipelines.length === 1 && pipeline && pipeline.reads.length > 0)
    return { name: pipeline.name, topics: pipeline.reads }
  throw new CourantError('CONFIG_INVALID', `${name} is no pipeline that reads a topic; see \`courant list\``)
}

function placeOf(text: string): ResetTo {
  if (text === 'start' || text === 'end') return { to: text }
  const at = new Date(text)
  if (Number.isNaN(at.getTime()))
    throw new CourantError('CONFIG_INVALID', `--to must be start, end or a time, not ${text}`)
  return { to: 'time', at }
}

async function show({ name, topics }: Group, connection: Connection, json: boolean): Promise<void> {
  const { signal } = untilStopSignal()
  const { partitions, members } = await viewGroup(name, topics, { connection, signal })
  const rows = partitions.map(({ topic, partition, committed, low, end, lag, seconds }) => ({
    topic,
    partition,
    committed: committed ?? (json ? null : 'never'),
    start: low,
    end,
    lag,
    ...(json
      ? { seconds: seconds && Math.round(seconds) }
      : { behind: seconds === null ? 'unknown' : durationText(seconds, 'en') })
  }))
  printRows(rows, { json, none: 'Its topics have no partitions.' })
  if (!json) print(`\n${members} consumers read as ${name}.`)
}

async function reset(
  { name, topics }: Group,
  connection: Connection,
  { to, confirm = false, reason }: ResetOptions
): Promise<void> {
  const { signal } = untilStopSignal()
  const plan = await planReset(name, { topics, target: to }, { connection, signal })
  const rows = plan.partitions.map(({ topic, partition, from, to: next }) => ({
    topic,
    partition,
    from: from ?? 'never',
    to: next
  }))
  printRows(rows, { none: 'It is there already.' })
  print(`\n${plan.again} records are read again, ${plan.skipped} are never read.`)
  complain('courant: a sink that keeps offsets with its data starts from those, whatever its group says')
  if (!confirm) {
    print('Nothing was changed: add --confirm to do it.')
    return
  }
  const previewed = `${plan.again} records again, ${plan.skipped} never`
  await auditedVerb({ action: 'reset offsets', target: name, previewed, reason }, connection, async () => {
    await applyReset(plan, connection)
    return { result: `${plan.partitions.length} partitions`, value: undefined }
  })
  print(`${name} goes on there once it is started.`)
}
