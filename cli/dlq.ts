import type { Command } from 'commander'
import { exactNumbers } from '../operate/exact-json.ts'
import { groupLetters, type LettersOf, onlyThose, pipelinesWithLetters } from '../operate/letters.ts'
import { CourantError } from '../runtime/errors.ts'
import type { Connection } from '../topics/connection.ts'
import { decoder } from '../topics/registry/codec.ts'
import { avroType } from '../schemas/avro-type.ts'
import { countDeadLetters, type DeadLetter, dismiss, waitingLetters } from '../topics/letters/letters.ts'
import { replay, type ReplayReport } from '../topics/letters/replay.ts'
import { masked } from '../topics/masking.ts'
import { atLeastOne } from './verb/arguments.ts'
import { loadedSystems } from '../systems/loaded.ts'
import { print, printRows } from './verb/output.ts'
import { declaredTopics, pipelines } from './pipelines.ts'
import { auditedVerb } from './verb/audited.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { reading, withConnection } from './verb/with-connection.ts'

interface ReplayChoice extends LettersOf {
  readonly dryRun?: boolean
  readonly limit: number
  readonly rate: number
}

interface DismissChoice extends LettersOf {
  readonly limit: number
  readonly reason: string
}

/** `courant dlq list|groups|show|replay|dismiss`. */
export function dlqCommand(program: Command): void {
  const dlq = program.command('dlq')
  dlq
    .command('list')
    .description('count the dead letters of each pipeline')
    .option('--json', 'for machines')
    .action(({ json = false }: { json?: boolean }) =>
      reading(async (connection) => {
        const counts = await countDeadLetters(await knownPipelines(connection), connection)
        const rows = counts.filter(({ kept }) => kept > 0).map((count) => ({ ...count }))
        printRows(rows, { json, none: 'No pipeline has set anything aside.' })
      })
    )
  dlq
    .command('groups')
    .description('count the dead letters that wait by pipeline, error code and field')
    .option('--json', 'for machines')
    .action(({ json = false }: { json?: boolean }) =>
      reading(async (connection) => {
        const { signal } = untilStopSignal()
        const grouped = await groupLetters(await knownPipelines(connection), { connection, signal })
        const rows = grouped.flatMap(({ groups }) =>
          groups.map(({ first, last, ...group }) => ({
            ...group,
            first: first.toISOString(),
            last: last.toISOString()
          }))
        )
        printRows(rows, { json, none: 'No dead letter waits.' })
      })
    )
  dlq
    .command('show')
    .description('print dead letters that wait, as JSON lines, personal data masked')
    .argument('<pipeline>')
    .option('-n, --count <number>', 'how many', atLeastOne, 10)
    .option('--unmask', 'show personal data')
    .action((name: string, options: { count: number; unmask?: boolean }) =>
      withConnection(async (connection) => show(await nameOf(name, connection), connection, options))
    )
  dlq
    .command('replay')
    .description('send dead letters back to where they were read, for this pipeline only')
    .argument('<pipeline>')
    .option('--dry-run', 'only count')
    .option('-n, --limit <number>', 'at most so many', atLeastOne, Number.MAX_SAFE_INTEGER)
    .option('--rate <number>', 'records a second', atLeastOne, 100)
    .option('--code <code>', 'of these only those of an error code')
    .option('--field <field>', 'of these only those of a field, as `dlq groups` names it')
    .action((name: string, options: ReplayChoice) =>
      withConnection(async (connection) =>
        replayAndSay(replayable(await nameOf(name, connection)), connection, options)
      )
    )
  dismissVerb(dlq)
}

function dismissVerb(dlq: Command): void {
  dlq
    .command('dismiss')
    .description('have the oldest dead letters wait no longer, without sending them')
    .argument('<pipeline>')
    .option('-n, --limit <number>', 'at most so many', atLeastOne, Number.MAX_SAFE_INTEGER)
    .option('--code <code>', 'of these only those of an error code')
    .option('--field <field>', 'of these only those of a field, as `dlq groups` names it')
    .option('--reason <text>', 'why, for the audit', '')
    .action((name: string, options: DismissChoice) =>
      withConnection(async (connection) => dismissAndSay(await nameOf(name, connection), connection, options))
    )
}

/** Every pipeline that may have set something aside: the declared ones, and those of run time that have a topic for it. */
async function knownPipelines(connection: Connection): Promise<readonly string[]> {
  const held = await pipelinesWithLetters(connection)
  return [...pipelines.map(({ name }) => name), ...held.filter((name) => ownerOf(name) !== undefined)]
}

/** The system whose pipeline of run time has that name. */
const ownerOf = (name: string) =>
  loadedSystems.find(
    ({ runTime }) => runTime?.owns(name) && !pipelines.some((pipeline) => pipeline.name === name)
  )

/** The name, once it is known to be a pipeline's. */
async function nameOf(name: string, connection: Connection): Promise<string> {
  if (pipelines.some((pipeline) => pipeline.name === name)) return name
  if ((await knownPipelines(connection)).includes(name)) return name
  throw new CourantError('CONFIG_INVALID', `No pipeline is named ${name}; \`courant list\` shows them all`)
}

/** The name, once it is known to be of a pipeline whose letters can be sent again. */
function replayable(name: string): string {
  const instead = ownerOf(name)?.runTime?.insteadOfReplay?.(name)
  if (instead === undefined) return name
  throw new CourantError('CONFIG_INVALID', instead)
}

async function show(
  pipeline: string,
  connection: Connection,
  { count, unmask = false }: { count: number; unmask?: boolean }
): Promise<void> {
  const { signal } = untilStopSignal()
  for await (const letter of waitingLetters(pipeline, connection, { limit: count, signal })) {
    const { record, source, stage, code, message } = letter
    const value = await readable(letter, connection, unmask)
    print(
      JSON.stringify(
        {
          offset: record.offset,
          setAsideAt: new Date(record.timestamp).toISOString(),
          source,
          stage,
          code,
          message,
          ...value
        },
        exactNumbers
      )
    )
  }
}

/** That the value is not there; or the value if its topic's schema can read it; otherwise its size, and its bytes only when asked for. */
async function readable(
  { record, source, leftOutBytes }: DeadLetter,
  { registry }: Connection,
  unmask: boolean
): Promise<object> {
  if (record.unreadable)
    return { unreadable: record.unreadable.error.message, bytes: record.unreadable.bytes.length }
  if (leftOutBytes !== null) return { leftOut: 'the value is too large to be kept', bytes: leftOutBytes }
  const { value } = record
  if (value === null) return { bytes: 0 }
  const isBatch = source?.lastOffset !== undefined
  const topic = isBatch ? undefined : declaredTopics.find(({ name }) => name === source?.topic)
  try {
    if (topic?.schema) {
      const decoded = await decoder(avroType(topic.schema), { registry, topic: topic.name })(value)
      return { value: unmask ? decoded : masked(decoded, topic.schema) }
    }
  } catch {
    // It may be here because it cannot be decoded: shown as bytes below.
  }
  return { bytes: value.length, ...(unmask && { base64: value.toString('base64') }) }
}

async function replayAndSay(pipeline: string, connection: Connection, choice: ReplayChoice): Promise<void> {
  const { dryRun = false } = choice
  const { signal } = untilStopSignal()
  const send = () => replayOf(pipeline, connection, { ...choice, signal })
  const intent = { action: 'replay', target: pipeline, previewed: '', reason: '' } as const
  const report = dryRun
    ? await send()
    : await auditedVerb(intent, connection, async () => {
        const sent = await send()
        const count = [...sent.byTopic.values()].reduce((sum, one) => sum + one, 0)
        return { result: `${count} sent${signal.aborted ? ', then stopped' : ''}`, value: sent }
      })
  const rows = [...report.byTopic].map(([topic, records]) => ({ topic, records }))
  printRows(rows, { none: 'Nothing to replay.' })
  if (rows.length > 0)
    print(dryRun ? '\nNothing was sent: this was a dry run.' : '\nSent; read again by this pipeline only.')
  if (signal.aborted) {
    print('Stopped: what was not sent goes on waiting.')
    process.exitCode = 1
    return
  }
  const behind = report.behind > 0 ? `, and with them ${report.behind} letters after the first` : ''
  if (report.unsendable > 0)
    print(
      `${report.unsendable} rows never were in a topic, cannot be sent to one, and go on waiting${behind}. The producer publishes such a row again once one of its published columns changes at the source, or all rows once its state is removed ("A row that a producer set aside" in the runbook). After that: courant dlq dismiss ${pipeline}`
    )
  tellHeldUp(pipeline, report)
  refuseLeftOut(pipeline, report.leftOut)
}

function replayOf(
  pipeline: string,
  connection: Connection,
  { signal, dryRun = false, rate, limit, ...which }: ReplayChoice & { readonly signal: AbortSignal }
): Promise<ReplayReport> {
  const only = onlyThose(which)
  return replay(pipeline, connection, {
    signal,
    isDryRun: dryRun,
    perSecond: rate,
    limit,
    topics: pipelines.find(({ name }) => name === pipeline)?.reads ?? [],
    ...(only && { only })
  })
}

/** What no replay mends, and what was never a pipeline's letter: each has to be dismissed by who has looked at it. */
function tellHeldUp(pipeline: string, { batches, foreign }: ReplayReport): void {
  const oldest = `\`courant dlq show ${pipeline}\`, then \`courant dlq dismiss ${pipeline} -n <how many>\``
  if (batches.length > 0)
    print(
      `${batches.length} whole batches could not be read, would be no better if they were sent again, and go on waiting with those after them: have their sender write the records again. After that: ${oldest}`
    )
  if (foreign.length > 0) {
    print(
      `${foreign.length} letters name topics that ${pipeline} does not read (${[...new Set(foreign.map(({ source }) => source?.topic))].join(', ')}), so that it did not write them; nothing of them is sent. See who may write to its dead-letter topic, then: ${oldest}`
    )
    process.exitCode = 1
  }
}

/** What has no value cannot be sent; that is said once the others have been. */
function refuseLeftOut(pipeline: string, letters: readonly DeadLetter[]): void {
  if (letters.length === 0) return
  const named = letters.slice(0, 20).map(({ record, message }) => {
    return `key ${String(record.key)}, offset ${record.offset} of ${record.topic}: ${message}`
  })
  throw new CourantError(
    'RECORD_TOO_LARGE',
    `${letters.length} dead letters of ${pipeline} hold no value, because it was too large to be kept, cannot be replayed, and go on waiting with those after them. Raise max.message.bytes of the topic that refused them and have the source send them again (touch the row; \`courant applications backfill\`). After that: courant dlq dismiss ${pipeline}\n  ${named.join('\n  ')}`
  )
}

async function dismissAndSay(
  name: string,
  connection: Connection,
  { limit, reason, ...which }: DismissChoice
): Promise<void> {
  const only = onlyThose(which)
  const intent = { action: 'dismiss', target: name, previewed: '', reason } as const
  const count = await auditedVerb(intent, connection, async () => {
    const value = await dismiss(name, connection, { limit, ...(only && { only }) })
    return { result: `${value} dismissed`, value }
  })
  print(`${count} dead letters wait no longer; they stay in their topic until its retention removes them.`)
}
