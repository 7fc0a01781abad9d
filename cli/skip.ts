import type { Command } from 'commander'
import { CourantError } from '../runtime/errors.ts'
import { loadedSystems } from '../systems/loaded.ts'
import type { Connection } from '../topics/connection.ts'
import { skipRecords } from '../topics/letters/skip-records.ts'
import { wholeFrom } from './verb/arguments.ts'
import { auditedVerb } from './verb/audited.ts'
import { print } from './verb/output.ts'
import { pipelines } from './pipelines.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { withConnection } from './verb/with-connection.ts'

interface SkipOptions {
  readonly pipeline: string
  readonly partition: number
  readonly from?: number
  readonly to: number
  readonly reason: string
  readonly dryRun?: boolean
}

/** `courant topics skip`: gets a pipeline past records that it stands still on. */
export function skipVerb(topics: Command): void {
  topics
    .command('skip')
    .description('have one pipeline pass records that it stands still on; each becomes a dead letter')
    .argument('<topic>')
    .requiredOption('--pipeline <name>', 'who passes them; others read them as before')
    .requiredOption('--partition <number>', 'where they lie', wholeFrom(0))
    .option('--from <offset>', 'the first of them, instead of where the pipeline stands', wholeFrom(0))
    .requiredOption('--to <offset>', 'the last of them', wholeFrom(0))
    .requiredOption('--reason <text>', 'why, for whoever finds the letters')
    .option('--dry-run', 'only say what would be passed')
    .action((topic: string, options: SkipOptions) =>
      withConnection((connection) => skip(topic, connection, options))
    )
}

/** The topics of a pipeline; also of one that no list declares, whoever answers. */
function readBy(pipeline: string): readonly string[] {
  const declared = pipelines.find(({ name }) => name === pipeline)
  return declared?.reads ?? loadedSystems.flatMap(({ runTime }) => runTime?.reads(pipeline) ?? [])
}

async function skip(topic: string, connection: Connection, options: SkipOptions): Promise<void> {
  const { pipeline, partition, from, to, reason, dryRun = false } = options
  const reads = readBy(pipeline)
  if (!reads.includes(topic))
    throw new CourantError('CONFIG_INVALID', `No pipeline ${pipeline} reads ${topic}; see \`courant list\``)
  if (reason.trim() === '') throw new CourantError('CONFIG_INVALID', '--reason must say something')
  const { signal } = untilStopSignal()
  const request = { pipeline, topic, partition, from, to, reason, isDryRun: dryRun, signal }
  const skipIt = () => skipRecords(request, connection)
  const intent = { action: 'skip', target: pipeline, previewed: `${topic}/${partition}`, reason } as const
  const report = dryRun
    ? await skipIt()
    : await auditedVerb(intent, connection, async () => {
        const value = await skipIt()
        return { result: `offsets ${value.from} to ${value.to}`, value }
      })
  const what = `${topic}/${partition}, offsets ${report.from} to ${report.to}: ${report.records} records`
  print(report.unreadable === null ? what : `${what}, and what cannot be read. ${report.unreadable}`)
  print(
    dryRun
      ? '\nNothing was changed: this was a dry run.'
      : `\nSet aside with the reason (\`courant dlq show ${pipeline}\`). ${pipeline} passes them from its next start: one that has failed is started again by itself within five minutes; otherwise restart its process.`
  )
}
