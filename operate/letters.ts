import type { DeclaredTopic } from '../topics/catalogue.ts'
import { deadLettersIn } from '../topics/catalogue.ts'
import type { Connection } from '../topics/connection.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import { countDeadLetters, type DeadLetter, waitingLetters } from '../topics/letters/letters.ts'
import { recordShower, type ShownRecord } from './shown-record.ts'

/** Dead letters of a pipeline that wait for one and the same reason. */
export interface LetterGroup {
  readonly pipeline: string
  readonly code: string
  /** The field that the message names; empty where it names none. */
  readonly field: string
  readonly count: number
  readonly first: Date
  readonly last: Date
  /** The message of the newest. */
  readonly message: string
}

/** The waiting letters of a pipeline in groups, the largest first. */
export interface GroupedLetters {
  readonly pipeline: string
  readonly waiting: number
  /** How many of them were looked at: the oldest. */
  readonly lookedAt: number
  readonly groups: readonly LetterGroup[]
}

/** A dead letter as a person sees it, its record decoded by the schema of the topic it came from. */
export interface ShownLetter {
  readonly letter: ShownRecord
  readonly source: DeadLetter['source']
  readonly stage: string
  readonly code: string
  readonly field: string
  readonly message: string
}

/** Letters of a pipeline that are looked at to group them. */
const mostLookedAt = 5_000

interface Asking {
  readonly connection: Connection
  readonly signal: AbortSignal
}

/** Every pipeline that has a dead-letter topic in the cluster. */
export async function pipelinesWithLetters({ kafka }: Connection): Promise<readonly string[]> {
  const topics = await withAdmin(kafka, (admin) => admin.topics())
  return topics.flatMap(({ name }) => deadLettersIn(name) ?? []).sort()
}

/** The waiting letters of each of these pipelines that has any, grouped by code and field. */
export async function groupLetters(
  pipelines: readonly string[],
  { connection, signal }: Asking
): Promise<readonly GroupedLetters[]> {
  const counts = await countDeadLetters(pipelines, connection)
  const grouped: GroupedLetters[] = []
  for (const { pipeline, waiting } of counts) {
    if (waiting === 0) continue
    const groups = new Map<string, LetterGroup>()
    let lookedAt = 0
    for await (const letter of waitingLetters(pipeline, connection, { limit: mostLookedAt, signal })) {
      lookedAt++
      note(letter, pipeline, groups)
    }
    const largestFirst = [...groups.values()].sort((a, b) => b.count - a.count)
    grouped.push({ pipeline, waiting, lookedAt, groups: largestFirst })
  }
  return grouped.sort((a, b) => b.waiting - a.waiting)
}

function note(letter: DeadLetter, pipeline: string, groups: Map<string, LetterGroup>): void {
  const { code, message, record } = letter
  const field = fieldIn(message)
  const key = JSON.stringify([code, field])
  const at = new Date(record.timestamp)
  const known = groups.get(key)
  groups.set(key, {
    pipeline,
    code,
    field,
    count: (known?.count ?? 0) + 1,
    first: known?.first ?? at,
    last: at,
    message
  })
}

/** The field that a message of ours begins with, as in `after.amount is not of type double`. */
const fieldIn = (message: string): string =>
  /^([A-Za-z_][\w]*(?:\.[\w]+)*) (?:is|are|has|must)\b/.exec(message)?.[1] ?? ''

/** Which of a pipeline's letters are meant; all when neither is said. */
export interface LettersOf {
  readonly code?: string
  readonly field?: string
}

/** Tells the letters that are meant from others; undefined where all are. */
export const onlyThose = ({ code, field }: LettersOf): ((letter: DeadLetter) => boolean) | undefined =>
  code === undefined && field === undefined
    ? undefined
    : (letter) =>
        (code === undefined || letter.code === code) &&
        (field === undefined || fieldIn(letter.message) === field)

/** Waiting letters of a pipeline, oldest first, of one group where that is asked for. */
export async function showLetters(
  pipeline: string,
  topics: readonly DeclaredTopic[],
  options: Asking & LettersOf & { readonly limit: number }
): Promise<readonly ShownLetter[]> {
  const { connection, signal, limit } = options
  const only = onlyThose(options)
  const shown: ShownLetter[] = []
  for await (const letter of waitingLetters(pipeline, connection, { limit, signal, ...(only && { only }) }))
    shown.push(await shownLetter(letter, topics, connection))
  return shown
}

async function shownLetter(
  { record, source, stage, code, message }: DeadLetter,
  topics: readonly DeclaredTopic[],
  connection: Connection
): Promise<ShownLetter> {
  // A whole batch is no value of its topic's schema.
  const isBatch = source?.lastOffset !== undefined
  const topic = isBatch ? undefined : topics.find(({ name }) => name === source?.topic)
  const letter = await recordShower(topic ?? { name: record.topic }, connection)(record)
  return { letter, source, stage, code, field: fieldIn(message), message }
}
