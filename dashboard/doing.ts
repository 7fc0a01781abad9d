import { audited, type Intent } from '../operate/audit.ts'
import { onlyThose } from '../operate/letters.ts'
import { applyReset } from '../operate/offsets.ts'
import { dismiss } from '../topics/letters/letters.ts'
import { replay } from '../topics/letters/replay.ts'
import type { Jobs } from './jobs.ts'
import { commandOf, type Planned, previewText } from './planned.ts'
import type { Site } from './site.ts'

interface By {
  readonly who: string
  readonly reason: string
}

const actionOf = { replay: 'replay', dismiss: 'dismiss', reset: 'reset offsets' } as const

/** Does what was previewed and confirmed, in the audit; false where something is under way there already. */
export async function carryOut(
  planned: Planned,
  { who, reason }: By,
  { site, jobs }: { readonly site: Site; readonly jobs: Jobs }
): Promise<boolean> {
  const { connection } = site
  const intent: Intent = {
    who,
    reason,
    action: actionOf[planned.kind],
    target: planned.target,
    command: commandOf(planned),
    previewed: previewText(planned)
  }
  if (planned.kind === 'replay') return startReplay(planned, intent, { site, jobs })
  await audited(intent, { connection }, async () => {
    if (planned.kind === 'reset') {
      await applyReset(planned.plan, connection)
      return { result: `${planned.plan.partitions.length} partitions`, value: undefined }
    }
    const only = onlyThose(planned)
    const count = await dismiss(planned.target, connection, { limit: planned.count, ...(only && { only }) })
    return { result: `${count} dismissed`, value: undefined }
  })
  return true
}

function startReplay(
  planned: Extract<Planned, { kind: 'replay' }>,
  intent: Intent,
  { site, jobs }: { readonly site: Site; readonly jobs: Jobs }
): boolean {
  const { connection, declared } = site
  const { target, count, rate } = planned
  const topics = declared.pipelines.find(({ name }) => name === target)?.reads ?? []
  const only = onlyThose(planned)
  return jobs.start({ target, what: 'replay', total: count }, (signal, onSent) =>
    audited(intent, { connection }, async () => {
      const options = { signal, isDryRun: false, perSecond: rate, limit: count, topics, onSent }
      const { byTopic } = await replay(target, connection, { ...options, ...(only && { only }) })
      const sent = [...byTopic.values()].reduce((sum, one) => sum + one, 0)
      return { result: `${sent} sent${signal.aborted ? ', then stopped' : ''}`, value: undefined }
    })
  )
}
