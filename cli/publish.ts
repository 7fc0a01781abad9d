import { createReadStream, existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import { CourantError } from '../runtime/errors.ts'
import type { Item, Log } from '../runtime/pipeline.ts'
import type { Settings } from '../runtime/settings.ts'
import { checkEvent, sentenceOf } from '../topics/events.ts'
import { readJson } from '../topics/json-text.ts'
import { LogWriter } from '../topics/log/log-writer.ts'
import { isTopic } from '../topics/catalogue.ts'
import type { Topic } from '../topics/topic.ts'
import { declaredTopics } from './pipelines.ts'
import { complain, print } from './verb/output.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { withConnection } from './verb/with-connection.ts'

interface PublishOptions {
  readonly file?: string
  readonly stdin?: boolean
  readonly skipInvalid?: boolean
}

const batchSize = 1_000
/** How many bad lines are listed before the rest is only counted. */
const listed = 20

/** `courant publish <topic> --file|--stdin`. */
export function publishCommand(program: Command): void {
  program
    .command('publish')
    .argument('<topic>')
    .option('--file <path>', 'read the lines from a file')
    .option('--stdin', 'read the lines from standard input')
    .option('--skip-invalid', 'publish the valid lines even if others are not')
    .action((name: string, options: PublishOptions) => {
      const topic = topicNamed(name)
      const source = sourceOf(options)
      return withConnection((_connection, settings) =>
        publish(topic, source, { settings, skipInvalid: options.skipInvalid ?? false })
      )
    })
}

function topicNamed(name: string): Topic<unknown> {
  const topic = declaredTopics.filter(isTopic).find((candidate) => candidate.name === name)
  if (!topic)
    throw new CourantError(
      'CONFIG_INVALID',
      `No topic with a schema is named ${name}; \`courant topics list\` shows them`
    )
  return topic
}

function sourceOf({ file, stdin }: PublishOptions): Readable {
  if ((file === undefined) === (stdin !== true))
    throw new CourantError('CONFIG_INVALID', 'Say where the lines come from: either --file <path> or --stdin')
  if (file === undefined) return process.stdin
  if (!existsSync(file)) throw new CourantError('CONFIG_INVALID', `--file: there is no file ${file}`)
  return createReadStream(file)
}

async function publish(
  topic: Topic<unknown>,
  source: Readable,
  { settings, skipInvalid }: { settings: Settings; skipInvalid: boolean }
): Promise<void> {
  const { items, problems } = await readLines(topic, source)
  for (const problem of problems.slice(0, listed)) complain(problem)
  if (problems.length > listed) complain(`and ${problems.length - listed} more`)
  if (problems.length > 0 && !skipInvalid)
    throw new CourantError(
      'RECORD_INVALID',
      `${problems.length} of ${problems.length + items.length} lines are not valid and nothing was published: correct them, or leave them out with --skip-invalid`
    )
  const { signal } = untilStopSignal()
  const writer = new LogWriter(topic, { settings, log: quiet })
  for (let at = 0; at < items.length; at += batchSize)
    await writer.write(items.slice(at, at + batchSize), { signal })
  print(`${items.length} published to ${topic.name}, ${problems.length} left out`)
}

// All lines are held until all are checked: nothing is sent unless everything may be.
async function readLines(
  topic: Topic<unknown>,
  source: Readable
): Promise<{ items: readonly Item<unknown>[]; problems: readonly string[] }> {
  const items: Item<unknown>[] = []
  const problems: string[] = []
  let number = 0
  // A byte a character: what is no UTF-8 must be seen as such, and a line ends where a byte says so.
  source.setEncoding('latin1')
  for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (/^[ \t]*$/.test(line)) continue
    const checked = checkLine(topic, line)
    if (typeof checked === 'string') problems.push(`line ${number}: ${checked}`)
    else items.push(checked)
  }
  return { items, problems }
}

function checkLine(topic: Topic<unknown>, line: string): Item<unknown> | string {
  const json = readJson(Buffer.from(line, 'latin1'))
  if (json.problem !== undefined) return json.problem
  const { item, problem } = checkEvent(topic, json.value, randomUUID())
  return item ?? sentenceOf(problem)
}

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} }
