import type { Alert, Alerts } from '../../runtime/alerts/alerts.ts'
import type { PipelineHealth } from './health.ts'
import { levelText, noticeTexts, reasonText } from './sentences.ts'

/** A condition that comes back within this time is the one that was told of already. */
const clearAfterMs = 10 * 60_000

/**
 * Tells people of pipelines that fail, stand still or are behind what is promised, and of what waits for somebody. What
 * has one cause is one message: when Kafka is away, all pipelines wait for it.
 */
export function raiseHealthAlerts(all: readonly PipelineHealth[], alerts: Alerts): void {
  for (const [condition, alert] of healthAlerts(all)) alerts.raise(condition, alert)
}

/** By condition, what is to be told now. */
export function healthAlerts(all: readonly PipelineHealth[]): ReadonlyMap<string, Alert> {
  const causes = new Map<string, PipelineHealth[]>()
  for (const health of all.filter(isToBeTold)) {
    const condition = conditionOf(health)
    causes.set(condition, [...(causes.get(condition) ?? []), health])
  }
  const alerts = [...causes].map(([condition, some]) => [condition, alertOf(some)] as const)
  return new Map([...alerts, ...all.flatMap(noticeAlerts)])
}

/** What has just begun to wait mostly goes on by itself, before anybody could look. */
function isToBeTold({ level, reason, seconds, promiseSeconds }: PipelineHealth): boolean {
  if (level === 'keepsUp' || reason === 'stopped' || reason === 'starting') return false
  if (level === 'unknown' || reason === 'outOfReach') return seconds !== null && seconds > promiseSeconds
  return true
}

const conditionOf = ({ name, level, reason, code }: PipelineHealth) =>
  level === 'fails' ? `fails/${name}` : ['health', level, reason, ...(code ? [code] : [])].join('/')

function alertOf(some: readonly PipelineHealth[]): Alert {
  const [worst] = some
  if (!worst) throw new Error('there is no alert without a pipeline')
  const names = some.map(({ name }) => name)
  const title =
    names.length === 1
      ? `${worst.name}: ${levelText(worst, 'en')}`
      : `${names.length} pipelines: ${levelText(worst, 'en')}`
  const facts = { pipelines: names.join(', '), ...(worst.code && { code: worst.code }) }
  return { title, text: reasonText(worst, 'en'), facts, clearAfterMs }
}

/** Not of dead letters: those are told as they come (runtime/alerts/dead-letter-alerts.ts). */
function noticeAlerts(health: PipelineHealth): (readonly [string, Alert])[] {
  const { name, notices } = health
  const texts = noticeTexts(health, 'en')
  return notices.flatMap(({ kind }, n) => {
    if (kind === 'deadLetters') return []
    const alert = {
      title: `${name} needs a look`,
      text: texts[n] ?? '',
      facts: { pipeline: name },
      clearAfterMs
    }
    return [[`${kind}/${name}`, alert] as const]
  })
}
