import * as fc from 'fast-check'
import { type Happening, happenings, itemsOf } from './happenings.ts'

/** The same long list of happenings for the same seed, in every process. */
export function longList(seed: number): readonly Happening[] {
  return fc.sample(happenings, { seed, numRuns: 60 }).flat()
}

/** The list as changes in their logs. */
export const longLog = (seed: number) => itemsOf(longList(seed))
