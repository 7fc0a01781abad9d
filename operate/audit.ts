import { randomUUID } from 'node:crypto'
import { CourantError } from '../runtime/errors.ts'
import { redacted } from '../runtime/process/redact.ts'
import type { AuditEntry } from '../schemas/audit-entry.ts'
import { subjectOf } from '../schemas/subjects.ts'
import { auditTopic } from '../topics/audit-topic.ts'
import type { Connection } from '../topics/connection.ts'
import { thisProcess } from '../topics/health/status-publisher.ts'
import { withAdmin } from '../topics/kafka/admin/with-admin.ts'
import { decoder, encoder } from '../topics/registry/codec.ts'

/** What somebody is about to change. */
export interface Intent {
  readonly who: string
  readonly action: 'replay' | 'dismiss' | 'reset offsets' | 'skip'
  /** The pipeline or group that it is done to. */
  readonly target: string
  readonly command: string
  readonly previewed: string
  readonly reason: string
}

/** An action as it is told of: unfinished until its end was noted, were its process killed meanwhile. */
export interface AuditedAction extends Intent {
  readonly id: string
  readonly machine: string
  readonly at: Date
  readonly state: 'unfinished' | 'done' | 'failed'
  readonly result: string
}

export interface Auditing {
  readonly connection: Connection
  /** Told where the beginning cannot be noted; without it, nothing is done then. */
  readonly onUnnoted?: (error: unknown) => void
}

/**
 * Notes in courant.audit that it begins, does it, and notes what came of it. An end that cannot be noted leaves the action unfinished there, and is no failure of it.
 */
export async function audited<T>(
  intent: Intent,
  { connection, onUnnoted }: Auditing,
  work: () => Promise<{ readonly result: string; readonly value: T }>
): Promise<T> {
  const id = randomUUID()
  try {
    await note(connection, entryOf(id, intent, { phase: 'begun', result: '' }))
  } catch (error) {
    if (!onUnnoted) throw error
    onUnnoted(error)
  }
  try {
    const { result, value } = await work()
    await note(connection, entryOf(id, intent, { phase: 'done', result })).catch(() => undefined)
    return value
  } catch (error) {
    const result = error instanceof CourantError ? `${error.code}: ${redacted(error.message)}` : 'failed'
    await note(connection, entryOf(id, intent, { phase: 'failed', result })).catch(() => undefined)
    throw error
  }
}

const longest = 1_000

const entryOf = (
  action_id: string,
  { who, action, target, command, previewed, reason }: Intent,
  { phase, result }: Pick<AuditEntry, 'phase' | 'result'>
): AuditEntry => ({
  action_id,
  phase,
  who,
  machine: thisProcess,
  action,
  target,
  command,
  previewed,
  reason: reason.slice(0, longest),
  result: result.slice(0, longest)
})

async function note(connection: Connection, entry: AuditEntry): Promise<void> {
  const id = await connection.registry.idOf(subjectOf(auditTopic.name), auditTopic.schema)
  const value = encoder(auditTopic.type, id)(entry)
  const record = { topic: auditTopic.name, partition: 0, key: entry.action_id, value }
  await (await connection.producer()).send([record], { signal: AbortSignal.timeout(10_000) })
}

/** Records of the audit that are read at most. */
const mostRead = 2_000

/** The newest actions, the last that was begun first. What nobody of ours wrote is left out. */
export async function readAudit(
  connection: Connection,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal }
): Promise<readonly AuditedAction[]> {
  const { kafka, registry } = connection
  const [ends] = await withAdmin(kafka, (admin) => admin.offsets(auditTopic.name))
  if (!ends || ends.low >= ends.high) return []
  const decode = decoder<AuditEntry>(auditTopic.type, { registry, topic: auditTopic.name })
  const actions = new Map<string, AuditedAction>()
  const from = { topic: auditTopic.name, partition: 0, offset: Math.max(ends.low, ends.high - mostRead) }
  for await (const { value, timestamp } of kafka.read(from, { signal })) {
    const entry = value && (await readable(() => decode(value)))
    if (entry) actions.set(entry.action_id, actionOf(entry, actions.get(entry.action_id), timestamp))
  }
  return [...actions.values()].toReversed().slice(0, limit)
}

function actionOf(entry: AuditEntry, begun: AuditedAction | undefined, timestamp: number): AuditedAction {
  const { action_id, phase, who, machine, action, target, command, previewed, reason, result } = entry
  return {
    id: action_id,
    who,
    machine,
    action: action as Intent['action'],
    target,
    command,
    previewed,
    reason,
    result,
    at: begun?.at ?? new Date(timestamp),
    state: phase === 'done' || phase === 'failed' ? phase : 'unfinished'
  }
}

async function readable(decode: () => AuditEntry | Promise<AuditEntry>): Promise<AuditEntry | null> {
  try {
    return await decode()
  } catch (error) {
    if (error instanceof CourantError && error.verdict === 'record') return null
    throw error
  }
}
