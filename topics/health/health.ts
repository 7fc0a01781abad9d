import { CourantError } from '../../runtime/errors.ts'
import type { PipelineState } from '../../runtime/loop/run-all.ts'
import type { LagStatus } from '../lag.ts'

/** Whether a pipeline does what is promised of it, worst first; `unknown` is neither good nor bad. */
export const healthLevels = ['fails', 'stands', 'behind', 'unknown', 'keepsUp'] as const
export type HealthLevel = (typeof healthLevels)[number]

/** Why a pipeline is as it is; topics/health/sentences.ts says each, with what to do. */
export const reasons = [
  'failed',
  'restarts',
  'stopped',
  'outOfReach',
  'neverStarted',
  'starting',
  'noBatch',
  'silent',
  'nobodyReads',
  'noProgress',
  'gathering',
  'rewound',
  'fallsBack',
  'catchesUp',
  'late',
  'lagUnknown',
  'ageUnknown',
  'inTime'
] as const
export type HealthReason = (typeof reasons)[number]

/** What is worth a look at a pipeline however well it keeps up. */
export type Notice =
  | { readonly kind: 'deletesRefused' | 'deadLetters' | 'notComputed'; readonly count: number }
  | { readonly kind: 'shownBehind'; readonly seconds: number }

/** How far a pipeline was behind when Kafka told last. */
export interface KnownLag {
  readonly records: number
  /** Age of the first record it has not committed; null when that could not be read. */
  readonly seconds: number | null
  readonly status: LagStatus
  readonly askedAt: Date
}

/** What is known of a pipeline. */
export interface PipelineFacts {
  readonly name: string
  readonly state: PipelineState
  /** Since when it has been in that state, as far as anybody looked. */
  readonly since: Date
  readonly error: unknown
  readonly restartAt: Date | null
  readonly lastBatchAt: Date | null
  /** False of a producer, which reads no topic and so cannot lag in one. */
  readonly readsTopics: boolean
  readonly lag: KnownLag | null
  /** Rows that its sink keeps in memory and has not written. */
  readonly held: number
  readonly promiseSeconds: number
  readonly notices: readonly Notice[]
}

/** What is to be said of a pipeline: the page, `/readyz`, `courant lag` and alerts all take it from here. */
export interface PipelineHealth {
  readonly name: string
  readonly level: HealthLevel
  readonly reason: HealthReason
  /** Code or name of the error behind it, never its message, which may repeat what a server said. */
  readonly code: string | null
  /** How long it has been so, or is behind; null where that is not known or does not matter. */
  readonly seconds: number | null
  readonly promiseSeconds: number
  readonly notices: readonly Notice[]
}

/** Older than this, what Kafka told of lag is no knowledge any more. */
export const lagKnownForMs = 90_000

/** The health of a pipeline by what is known of it at a moment. */
export function healthOf(facts: PipelineFacts, now: Date): PipelineHealth {
  const { name, promiseSeconds, notices } = facts
  return { name, promiseSeconds, notices, code: null, seconds: null, ...verdictOf(facts, now) }
}

type Verdict = Pick<PipelineHealth, 'level' | 'reason'> & Partial<Pick<PipelineHealth, 'code' | 'seconds'>>

function verdictOf(facts: PipelineFacts, now: Date): Verdict {
  const { state, since, error, restartAt, promiseSeconds } = facts
  const seconds = secondsBetween(since, now)
  if (state === 'failed')
    return { level: 'fails', reason: restartAt ? 'restarts' : 'failed', code: codeOf(error), seconds }
  if (state === 'waiting') return { level: 'stands', reason: 'outOfReach', code: codeOf(error), seconds }
  if (state === 'stopped') return { level: 'stands', reason: 'stopped' }
  if (state === 'starting')
    return seconds > promiseSeconds
      ? { level: 'stands', reason: 'neverStarted', seconds }
      : { level: 'unknown', reason: 'starting' }
  return facts.readsTopics ? byLag(facts, now) : byLastBatch(facts, now)
}

/** Also where there is nothing new a producer asks its source, which counts as a batch. */
function byLastBatch({ lastBatchAt, promiseSeconds }: PipelineFacts, now: Date): Verdict {
  const seconds = lastBatchAt && secondsBetween(lastBatchAt, now)
  if (seconds !== null && seconds > promiseSeconds) return { level: 'stands', reason: 'noBatch', seconds }
  return { level: 'keepsUp', reason: 'inTime' }
}

const whenLate = {
  STALL: { level: 'stands', reason: 'noProgress' },
  STOP: { level: 'stands', reason: 'nobodyReads' },
  REWIND: { level: 'behind', reason: 'rewound' },
  WARN: { level: 'behind', reason: 'fallsBack' },
  OK: { level: 'behind', reason: 'catchesUp' },
  UNKNOWN: { level: 'behind', reason: 'late' }
} as const satisfies Record<LagStatus, Verdict>

function byLag({ lag, held, promiseSeconds }: PipelineFacts, now: Date): Verdict {
  if (!lag || now.getTime() - lag.askedAt.getTime() > lagKnownForMs)
    return { level: 'unknown', reason: 'lagUnknown', seconds: lag && secondsBetween(lag.askedAt, now) }
  const { records, seconds, status } = lag
  if (records === 0) return { level: 'keepsUp', reason: 'inTime' }
  if (status === 'STOP') return { ...whenLate.STOP, seconds }
  if (seconds === null) return { level: 'unknown', reason: 'ageUnknown' }
  if (seconds <= promiseSeconds) return { level: 'keepsUp', reason: 'inTime', seconds }
  // Nothing is committed while rows are gathered: that is no standstill.
  if (status === 'STALL' && held > 0) return { level: 'behind', reason: 'gathering', seconds }
  return { ...whenLate[status], seconds }
}

const secondsBetween = (from: Date, to: Date) => Math.max(0, (to.getTime() - from.getTime()) / 1000)

function codeOf(error: unknown): string | null {
  if (error === null || error === undefined) return null
  if (error instanceof CourantError) return error.code
  return error instanceof Error ? error.name : 'error'
}

/** The worse of two that are said of one pipeline; the first where neither is. */
export const worseOf = (one: PipelineHealth, other: PipelineHealth): PipelineHealth =>
  healthLevels.indexOf(other.level) < healthLevels.indexOf(one.level) ? other : one

/** Worst first; of one level those that are so the longest, then by name. */
export function worstFirst(all: readonly PipelineHealth[]): readonly PipelineHealth[] {
  const rank = ({ level }: PipelineHealth) => healthLevels.indexOf(level)
  return all.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      b.notices.length - a.notices.length ||
      (b.seconds ?? 0) - (a.seconds ?? 0) ||
      a.name.localeCompare(b.name)
  )
}

/** Whether a process does its work: a pipeline that is late works, one that stands still, fails or starts does not. */
export const isAtWork = ({ level, reason }: PipelineHealth): boolean =>
  level === 'keepsUp' || level === 'behind' || (level === 'unknown' && reason !== 'starting')
