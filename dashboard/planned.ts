import type { LettersOf } from '../operate/letters.ts'
import type { ResetPlan } from '../operate/offsets.ts'
import { shellQuoted } from './shell-quoted.ts'

/** What was previewed, and is done exactly so once it is confirmed. */
export type Planned =
  | (LettersOf & {
      readonly kind: 'replay'
      readonly target: string
      readonly count: number
      readonly rate: number
    })
  | (LettersOf & { readonly kind: 'dismiss'; readonly target: string; readonly count: number })
  | { readonly kind: 'reset'; readonly target: string; readonly plan: ResetPlan; readonly to: string }

/** The command that does the same. */
export function commandOf(planned: Planned): string {
  if (planned.kind === 'reset')
    return `courant offsets reset ${shellQuoted(planned.target)} --to ${shellQuoted(planned.to)} --confirm`
  const { kind, target, code, field } = planned
  const which = [
    ...(code === undefined ? [] : ['--code', shellQuoted(code)]),
    ...(field === undefined ? [] : ['--field', shellQuoted(field)])
  ]
  const rate = planned.kind === 'replay' ? ['--rate', String(planned.rate)] : []
  return ['courant dlq', kind, shellQuoted(target), ...which, ...rate].join(' ')
}

/** What it was said to do. */
export const previewText = (planned: Planned): string =>
  planned.kind === 'reset'
    ? `${planned.plan.again} records again, ${planned.plan.skipped} never, in ${planned.plan.partitions.length} partitions`
    : `${planned.count} dead letters`
