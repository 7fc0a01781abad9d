import type { Random } from './random.ts'

/** What real data gets wrong, and how often among the rows (or sessions) that could have it. */
export const flawRates = {
  email_null: 0.02,
  email_impossible: 0.03,
  email_untidy: 0.02,
  name_untidy: 0.03,
  profile_never_updated: 0.01,
  message_untidy: 0.03,
  message_empty: 0.005,
  price_negative: 0.01,
  price_absurd: 0.002,
  currency_unknown: 0.005,
  purchase_in_future: 0.001,
  event_type_untidy: 0.01,
  notification_without_state: 0.01,
  notification_never_modified: 0.02,
  session_without_logout: 0.1,
  session_over_midnight: 0.03,
  session_overlapping: 0.03
} as const

export type Flaw = keyof typeof flawRates

/** How many rows each table got, and how many of them carry each flaw. */
export interface SampleCounts {
  readonly rows: Record<string, number>
  readonly flaws: Record<Flaw, number>
}

export function noCounts(): SampleCounts {
  const flaws = Object.fromEntries(Object.keys(flawRates).map((flaw) => [flaw, 0])) as Record<Flaw, number>
  return { rows: {}, flaws }
}

/** Chance and the counts it leaves behind. */
export interface Maker {
  readonly random: Random
  readonly counts: SampleCounts
}

/** True at the flaw's rate; what is true is counted. */
export function hasFlaw({ random, counts }: Maker, flaw: Flaw): boolean {
  const has = random.chance(flawRates[flaw])
  if (has) counts.flaws[flaw] += 1
  return has
}
