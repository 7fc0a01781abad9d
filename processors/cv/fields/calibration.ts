import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evidence } from './evidence.ts'

/** What a rule's confidence is worth, by field: from which one on, and how many of such values are right. */
export type Calibration = Readonly<Record<string, readonly (readonly [from: number, share: number])[]>>

const calibration = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vocabulary/confidence.json'), 'utf8')
) as Calibration

/** `experience[2].title` is of the field `experience.title`. */
export function fieldOf(path: string): string {
  return path.replace(/\[\d+\]/g, '')
}

/**
 * Evidence whose confidence is the share of values that were right, of those that the same rules were as sure of. The
 * rules' own confidence only orders values; the table was made on the development part of the labelled CVs.
 */
export function calibrated(evidence: readonly Evidence[], known: Calibration = calibration): Evidence[] {
  return evidence.map((each) => {
    const steps = known[fieldOf(each.field)] ?? []
    const share = steps.findLast(([from]) => from <= each.confidence)?.[1] ?? steps[0]?.[1]
    return share === undefined ? each : { ...each, confidence: share }
  })
}
